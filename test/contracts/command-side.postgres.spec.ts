import { afterAll, beforeAll, expect, it } from 'vitest'
import * as E from 'fp-ts/lib/Either.js'
import { uuidv7 } from 'uuidv7'
import { memoryKeyring } from '../../adapters/memory/keyring.js'
import { postgresEventStore } from '../../adapters/postgres/event-store/event-store.js'
import { postgresHandleRegistry } from '../../adapters/postgres/handles/handle-registry.js'
import { postgresKeyStore } from '../../adapters/postgres/key-store/key-store.js'
import { postgresSnapshotStore } from '../../adapters/postgres/snapshots/snapshot-store.js'
import type { CommandSide } from '../../command-side/index.js'
import { createCommandSide } from '../../command-side/index.js'
import type { EventStore, RecordedEvent } from '../../events/event-store.js'
import { chainVerifier } from '../../events/hash-chain.js'
import { conversationStream } from '../../events/streams.js'
import type { Acknowledgement } from '../../events/wire/answers.js'
import { aGroup, aMember, answer, codeOf, handleDigest, message, nothingProjected } from '../support/command-side.js'
import { migratedDatabase, type MigratedDatabase } from '../support/migrated-database.js'
import { describeWith } from '../support/services/index.js'

describeWith(['postgres'], 'the command side on Postgres', () => {
  const keyring = memoryKeyring()
  const defects: unknown[] = []
  const stores: EventStore[] = []
  let database: MigratedDatabase
  beforeAll(async () => { database = await migratedDatabase() })
  afterAll(async () => {
    for (const store of stores) await store.close()
    await database.drop()
  })

  /** A process of its own: nothing but the database is shared. */
  const start = async (): Promise<CommandSide> => {
    const { pool } = database
    const eventStore = await postgresEventStore({ pool })
    stores.push(eventStore)
    return createCommandSide({
      eventStore, keyStore: await postgresKeyStore({ pool, keyring, durable: false }), snapshots: postgresSnapshotStore(pool),
      handles: postgresHandleRegistry(pool), ...nothingProjected, handleDigest, clock: Date.now, newId: uuidv7,
      hooks: { defect: (error) => { defects.push(error) } },
    })
  }
  const stream = async (group: string): Promise<ReadonlyArray<RecordedEvent>> => {
    const events: RecordedEvent[] = []
    const [store] = stores
    if (store === undefined) throw new Error('no process was started')
    for await (const event of store.read(conversationStream(group), { from: 'start', direction: 'forwards', limit: 10_000 })) events.push(event)
    return events
  }

  it('L3, L5: 16 writers over 2 processes, every send twice at once: 0 lost, 0 doubled, one chain, equal answers after a restart', async () => {
    const sides = [await start(), await start()]
    const [side] = sides
    if (side === undefined) throw new Error('two')
    const writers = await Promise.all(Array.from({ length: 16 }, () => aMember(side)))
    const [creator] = writers
    if (creator === undefined) throw new Error('16')
    const group = await aGroup(side, creator, ...writers.slice(1))
    const sent = await Promise.all(writers.map(async (writer) => {
      const acks = []
      for (let nth = 0; nth < 5; nth += 1) {
        const [counter, next] = [nth + (writer === creator ? 2 : 1), message(`${nth}`)]
        const send = async (through: CommandSide): Promise<Acknowledgement> => {
          for (;;) {
            const done = await through.conversation(writer, group, counter, next)()
            if (E.isRight(done)) return done.right
            if (codeOf(done.left) !== 'busy') throw new Error(JSON.stringify(done.left))
          }
        }
        const [one, other] = await Promise.all(sides.map(send))
        expect(other).toEqual(one)
        if (one !== undefined) acks.push({ writer, counter, next, ack: one })
      }
      return acks
    }))
    const events = await stream(group)
    expect(events.filter(({ type }) => type === 'MessageSent')).toHaveLength(80)
    const check = chainVerifier(conversationStream(group), true)
    expect(events.map(check).filter((broken) => broken !== undefined)).toEqual([])
    const late = await start()
    for (const { writer, counter, next, ack } of sent.flat()) expect(await answer(late.conversation(writer, group, counter, next))).toEqual(ack)
    expect(defects).toEqual([])
  })

  it('a whole conversation, read markers and a profile, over a snapshot and a restart', async () => {
    const side = await start()
    const ada = await aMember(side)
    const group = await aGroup(side, ada)
    for (let nth = 0; nth < 210; nth += 1) await answer(side.conversation(ada, group, 2 + nth, message(`${nth}`)))
    await answer(side.markRead(ada, group, { type: 'MarkRead', through: 100 }))
    await side.close()
    const again = await start()
    await answer(again.markRead(ada, group, { type: 'MarkRead', through: 100 }))
    await answer(again.account(ada.account, { type: 'ChangeProfile', profile: { handle: `h_${uuidv7().slice(-12)}`, name: 'Ada' } }))
    for (const [nth, command] of ([
      { type: 'React', target: 5, reaction: { text: '👍' } }, { type: 'EditMessage', target: 5, content: { text: 'edited' } }, { type: 'DeleteMessage', target: 5 },
    ] as const).entries()) await answer(again.conversation(ada, group, 212 + nth, command))
    expect(await stream(group)).toHaveLength(2 + 210 + 3)
    expect(defects).toEqual([])
  })
})
