import { afterAll, beforeAll, describe } from 'vitest'
import { forgetting } from './forgetting.js'
import { obtaining } from './obtaining.js'
import { rotating } from './rotating.js'
import type { OpenKeyStore, Subject } from './subject.js'

export type { OpenKeyStore } from './subject.js'

/** What every adapter of the key store port holds. One store is opened for the suite; each test has units of its own. */
export const keyStoreContract = (name: string, open: () => Promise<OpenKeyStore>): void => {
  describe(`the key store contract, ${name}`, () => {
    let opened: OpenKeyStore | undefined
    beforeAll(async () => { opened = await open() })
    afterAll(() => opened?.close())
    const subject: Subject = () => {
      if (opened === undefined) throw new Error('the store did not open')
      return opened
    }
    for (const behaviour of [obtaining, forgetting, rotating]) behaviour(subject)
  })
}
