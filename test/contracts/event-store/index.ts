import { afterAll, beforeAll, describe } from 'vitest'
import { appending } from './appending.js'
import { following } from './following.js'
import { followingUnderLoad } from './following-under-load.js'
import { idempotence } from './idempotence.js'
import { sizeLimits } from './limits.js'
import { reading } from './reading.js'
import type { OpenStore, Subject } from './subject.js'

export type { OpenStore } from './subject.js'

/** What every adapter of the event store port holds. One store is opened for the suite; each test has streams of its own. */
export const eventStoreContract = (name: string, open: () => Promise<OpenStore>): void => {
  describe(`L7: the event store contract, ${name}`, () => {
    let opened: OpenStore | undefined
    beforeAll(async () => {
      opened = await open()
    })
    afterAll(() => opened?.close())
    const subject: Subject = () => {
      const current = opened
      if (current === undefined) throw new Error('the store did not open')
      const reopen = async () => {
        const store = await current.reopen()
        opened = { ...current, store }
        return store
      }
      return { ...current, reopen }
    }
    for (const behaviour of [appending, idempotence, sizeLimits, reading, following, followingUnderLoad]) behaviour(subject)
  })
}
