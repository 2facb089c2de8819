import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import { uuidv7 } from 'uuidv7'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Snapshot, SnapshotStore } from '../../../command-side/ports.js'
import { conversationStream } from '../../../events/streams.js'

export interface OpenSnapshotStore {
  readonly store: SnapshotStore
  /** A second store over the same snapshots, as another process is. */
  readonly another: () => SnapshotStore
  readonly close: () => Promise<void>
}

const aSnapshot = (revision: bigint, more: Partial<Snapshot> = {}): Snapshot => ({
  stream: conversationStream(uuidv7()), schema: 1, hash: `hash of ${revision}`, state: Buffer.from(`state at ${revision}, Grüße`), ...more, revision,
})

const comparable = (found: O.Option<Snapshot>) => O.toUndefined(O.map((snapshot: Snapshot) => ({ ...snapshot, state: Buffer.from(snapshot.state).toString('hex') }))(found))

const loaded = async (store: SnapshotStore, { stream, schema }: Snapshot) => {
  const answer = await store.load(stream, schema)()
  if (E.isLeft(answer)) throw new Error('the snapshot store refused', { cause: answer.left })
  return comparable(answer.right)
}

/** What every adapter of the snapshot store port holds. */
export const snapshotStoreContract = (name: string, open: () => Promise<OpenSnapshotStore>): void => {
  describe(`the snapshot store contract, ${name}`, () => {
    let opened: OpenSnapshotStore | undefined
    beforeAll(async () => { opened = await open() })
    afterAll(() => opened?.close())
    const subject = () => {
      if (opened === undefined) throw new Error('the store did not open')
      return opened
    }

    it('what was saved is loaded, also by another process; a stream without one has none', async () => {
      const snapshot = aSnapshot(2n ** 60n)
      expect(await subject().store.save(snapshot)()).toEqual(E.right(undefined))
      expect(await loaded(subject().another(), snapshot)).toEqual(comparable(O.some(snapshot)))
      expect(await loaded(subject().store, aSnapshot(0n))).toBeUndefined()
    })

    it('a newer one takes its place, an older one or the same again does not', async () => {
      const first = aSnapshot(5n)
      const newer = aSnapshot(9n, { stream: first.stream })
      for (const snapshot of [first, newer, first, { ...newer, hash: 'another of that revision' }]) await subject().store.save(snapshot)()
      expect(await loaded(subject().store, first)).toEqual(comparable(O.some(newer)))
    })

    it('snapshots of two schemas stand side by side', async () => {
      const one = aSnapshot(7n)
      const two = aSnapshot(3n, { stream: one.stream, schema: 2 })
      for (const snapshot of [one, two]) await subject().store.save(snapshot)()
      expect(await loaded(subject().store, one)).toEqual(comparable(O.some(one)))
      expect(await loaded(subject().store, two)).toEqual(comparable(O.some(two)))
    })

    it('saved at once by many, the newest is kept', async () => {
      const { stream } = aSnapshot(0n)
      const all = Array.from({ length: 16 }, (_, index) => aSnapshot(BigInt((index * 7) % 16), { stream }))
      await Promise.all(all.map((snapshot, index) => (index % 2 === 0 ? subject().store : subject().another()).save(snapshot)()))
      expect((await loaded(subject().store, aSnapshot(0n, { stream })))?.revision).toBe(15n)
    })
  })
}
