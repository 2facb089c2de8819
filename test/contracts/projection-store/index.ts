import { afterEach, beforeEach, describe } from 'vitest'
import { committing } from './committing.js'
import { parking } from './parking.js'
import { rebuilding } from './rebuilding.js'
import type { Open, OpenProjectionStore, Subject } from './subject.js'

export type { OpenProjectionStore } from './subject.js'

/** What every adapter of the projection store port holds. Each test has a store of its own. */
export const projectionStoreContract = (name: string, open: Open): void => {
  describe(`the projection store contract, ${name}`, () => {
    let opened: OpenProjectionStore | undefined
    beforeEach(async () => { opened = await open() })
    afterEach(() => opened?.close())
    const subject: Subject = () => {
      if (opened === undefined) throw new Error('the store did not open')
      return opened
    }
    for (const behaviour of [committing, parking, rebuilding]) behaviour(subject)
  })
}
