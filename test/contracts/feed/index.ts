import { afterAll, beforeAll, describe } from 'vitest'
import { handling } from './handling.js'
import { order } from './order.js'
import { resuming } from './resuming.js'
import type { OpenFeed, Subject } from './subject.js'

export type { OpenFeed } from './subject.js'

/** What every adapter of the feed port holds. One log and feed of four partitions serve the suite; each test has streams and groups of its own. */
export const feedContract = (name: string, open: () => Promise<OpenFeed>): void => {
  describe(`the feed contract, ${name}`, () => {
    let opened: OpenFeed | undefined
    beforeAll(async () => { opened = await open() })
    afterAll(() => opened?.close())
    const subject: Subject = () => {
      if (opened === undefined) throw new Error('the feed did not open')
      return opened
    }
    for (const behaviour of [order, resuming, handling]) behaviour(subject)
  })
}
