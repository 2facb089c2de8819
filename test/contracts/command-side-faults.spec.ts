import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { uuidv7 } from 'uuidv7'
import { describe, expect, it } from 'vitest'
import { memoryKeyStore } from '../../adapters/memory/key-store.js'
import type { Caller, CommandSideDependencies } from '../../command-side/index.js'
import { forgetDeleted } from '../../command-side/index.js'
import { decode } from '../../events/codec.js'
import type { EventStore } from '../../events/event-store.js'
import { StoreReadFailed } from '../../events/event-store.js'
import type { KeyStore } from '../../events/key-store.js'
import { open } from '../../events/sealing.js'
import { conversationStream } from '../../events/streams.js'
import { aGroup, aMember, answer, codeOf, commandSides, message, refusal, stored } from '../support/command-side.js'

const away = { _tag: 'StoreUnavailable', retryAfterMs: 5, reason: 'the connection was lost' } as const

/** The memory store behind a network that loses what the plan says: a request on its way there, or its answer. */
const lossy = (store: EventStore, plan: ('request' | 'answer' | 'nothing')[]): EventStore => ({
  ...store,
  append: (...args) => async () => {
    const lost = plan.shift() ?? 'nothing'
    if (lost === 'request') return E.left(away)
    const done = await store.append(...args)()
    return lost === 'answer' ? E.left(away) : done
  },
})

const counting = (parts: CommandSideDependencies) => {
  const calls: string[] = []
  const counted = <T extends object>(name: string, port: T): T => new Proxy(port, {
    get: (target, key) => {
      const work: unknown = Reflect.get(target, key)
      return typeof work !== 'function' ? work : (...args: unknown[]) => { calls.push(`${name}.${String(key)}`); return Reflect.apply(work, target, args) }
    },
  })
  const { eventStore, keyStore, snapshots, messageFacts, commandReceipts, handles } = parts
  return { calls, parts: { ...parts,
    eventStore: counted('eventStore', eventStore), keyStore: counted('keyStore', keyStore), snapshots: counted('snapshots', snapshots),
    messageFacts: counted('messageFacts', messageFacts), commandReceipts: counted('commandReceipts', commandReceipts), handles: counted('handles', handles),
  } }
}

const opened = async (world: ReturnType<typeof commandSides>, group: string, sequence: number): Promise<string> => {
  const event = world.log.streams.get(conversationStream(group))?.[sequence]
  const read = event === undefined ? undefined : decode(event)
  if (event?.sealed === undefined || read === undefined || E.isLeft(read) || !('unit' in read.right.data)) throw new Error('nothing sealed there')
  const states = await world.parts().keyStore.find([read.right.data.unit])()
  if (E.isLeft(states) || states.right[0]?._tag !== 'Living') return 'no key'
  const content = open(states.right[0].key, { stream: event.stream, eventId: event.id, type: event.type }, event.sealed)
  return E.isRight(content) ? Buffer.from(content.right.content).toString() : 'does not open'
}

describe('the hot path', () => {
  it('a message on a warm stream costs one call to the key store and one append, nothing else', async () => {
    const world = commandSides()
    const { calls, parts } = counting(world.parts())
    const side = world.start(parts)
    const ada = await aMember(side)
    const group = await aGroup(side, ada)
    await answer(side.conversation(ada, group, 2, message('warm')))
    calls.length = 0
    await answer(side.conversation(ada, group, 3, message('hot')))
    expect(calls).toEqual(['keyStore.obtain', 'eventStore.append'])
  })
})

describe('a store that loses', () => {
  const members = async (world: ReturnType<typeof commandSides>) => {
    const ada = await aMember(world.start())
    return { ada, group: await aGroup(world.start(), ada) }
  }

  it.each([[['answer']], [['request']], [['answer', 'request', 'answer']]] as const)('L5: %j lost on the way: acknowledged once, stored once', async (plan) => {
    const world = commandSides()
    const { ada, group } = await members(world)
    const side = world.start({ eventStore: lossy(world.parts().eventStore, [...plan]) })
    const before = stored(world.log)
    expect(await answer(side.conversation(ada, group, 2, message('once')))).toMatchObject({ sequence: 2 })
    expect(stored(world.log)).toBe(before + 1)
  })

  it('L5: no answer for long: `unavailable` within 100 ms, and the same command later gets its acknowledgement', async () => {
    const world = commandSides()
    const { ada, group } = await members(world)
    const plan: ('request' | 'answer' | 'nothing')[] = ['answer', 'request', 'request', 'request', 'request', 'request']
    const side = world.start({ eventStore: lossy(world.parts().eventStore, plan) })
    await answer(side.deviceIsLive(ada))
    const once = message('once')
    const before = [stored(world.log), performance.now()] as const
    expect(await refusal(side.conversation(ada, group, 2, once))).toMatchObject({ type: 'urn:tidings:problem:unavailable', retryAfterMs: 5 })
    expect(performance.now() - before[1]).toBeLessThan(200)
    plan.length = 0
    expect(await answer(side.conversation(ada, group, 2, once))).toMatchObject({ sequence: 2, messageId: once.messageId })
    expect(stored(world.log)).toBe(before[0] + 1)
  })

  it('while the store is away, those that wait in a lane are answered without waiting for it one by one', async () => {
    const world = commandSides()
    const { ada, group } = await members(world)
    const { eventStore } = world.parts()
    let appends = 0
    const gone: EventStore = { ...eventStore, append: () => async () => {
      appends += 1
      return E.left({ ...away, retryAfterMs: 10_000 })
    } }
    const side = world.start({ eventStore: gone })
    const before = stored(world.log)
    const refused = await Promise.all(Array.from({ length: 50 }, () => refusal(side.conversation(ada, group, 2, message('x')))))
    expect(new Set(refused.map(codeOf))).toEqual(new Set(['unavailable']))
    expect(appends).toBeLessThanOrEqual(4 + 49)
    expect(stored(world.log)).toBe(before)
  })

  it('a key that a crash took together with the append is made anew, and the message opens', async () => {
    const world = commandSides()
    const { ada, group } = await members(world)
    const { eventStore } = world.parts()
    const crashing: EventStore = { ...eventStore, append: (stream, expected, events) => async () => {
      if (stored(world.log) === before) {
        if (crashed) return eventStore.append(stream, expected, events)()
        crashed = true
        world.units.rows.delete(lost.messageId)
        return E.left(away)
      }
      return eventStore.append(stream, expected, events)()
    } }
    let crashed = false
    const lost = message('survives')
    const side = world.start({ eventStore: crashing })
    const before = stored(world.log)
    const { sequence } = await answer(side.conversation(ada, group, 2, lost))
    expect(await opened(world, group, sequence)).toBe('{"text":"survives"}')
  })

  it('a store that cannot be read, and a key store that is away: `unavailable`, nothing stored; then it goes on', async () => {
    const world = commandSides()
    const { ada, group } = await members(world)
    let broken = true
    const { eventStore, keyStore } = world.parts()
    const unreadable: EventStore = { ...eventStore, read: (...args) => { if (broken) throw new StoreReadFailed('away'); return eventStore.read(...args) } }
    const withoutKeys: KeyStore = { ...keyStore, obtain: (units) => broken ? TE.left({ _tag: 'KeyStoreUnavailable', retryAfterMs: 7, reason: 'away' }) : keyStore.obtain(units) }
    const sides = [world.start({ eventStore: unreadable }), world.start({ keyStore: withoutKeys })]
    const before = stored(world.log)
    for (const side of sides) expect(codeOf(await refusal(side.conversation(ada, group, 2, message('x'))))).toBe('unavailable')
    expect(stored(world.log)).toBe(before)
    broken = false
    for (const [index, side] of sides.entries()) await answer(side.conversation(ada, group, 2 + index, message('x')))
  })

  it('a stream that others always append to first: `busy`, nothing stored, and the number stays free', async () => {
    const world = commandSides()
    const { ada, group } = await members(world)
    const [rival, { eventStore }] = [world.start(), world.parts()]
    const eve: Caller = await aMember(rival)
    await answer(rival.conversation(ada, group, 2, { type: 'AddMembers', members: [eve.account] }))
    let turn = 0
    const slow: EventStore = { ...eventStore, append: (...args) => async () => {
      await answer(rival.conversation(eve, group, (turn += 1), message('first again')))
      return eventStore.append(...args)()
    } }
    const refused = await refusal(world.start({ eventStore: slow }).conversation(ada, group, 3, message('never')))
    expect([codeOf(refused), refused.retryAfterMs, turn]).toEqual(['busy', 50, 20])
    await answer(rival.conversation(ada, group, 3, message('at last')))
  })
})

describe('T6: forgetting', () => {
  it('deleting a message destroys its key with the acknowledgement', async () => {
    const world = commandSides()
    const side = world.start()
    const ada = await aMember(side)
    const group = await aGroup(side, ada)
    const { sequence } = await answer(side.conversation(ada, group, 2, message('secret')))
    expect(await opened(world, group, sequence)).toBe('{"text":"secret"}')
    await answer(side.conversation(ada, group, 3, { type: 'DeleteMessage', target: sequence }))
    expect(await opened(world, group, sequence)).toBe('no key')
  })

  it('a process that dies before it destroyed the key: the feed’s consumer does it, any number of times', async () => {
    const world = commandSides()
    const keyStore = memoryKeyStore(world.units, world.keyring)
    const dying: KeyStore = { ...keyStore, destroy: () => TE.left({ _tag: 'KeyStoreUnavailable', retryAfterMs: 1, reason: 'killed' }) }
    const side = world.start({ keyStore: dying })
    const ada = await aMember(side)
    const group = await aGroup(side, ada)
    const [kept, gone] = [await answer(side.conversation(ada, group, 2, message('kept'))), await answer(side.conversation(ada, group, 3, message('gone')))]
    await answer(side.conversation(ada, group, 4, { type: 'DeleteMessage', target: gone.sequence }))
    expect(await opened(world, group, gone.sequence)).toBe('{"text":"gone"}')
    for (let run = 0; run < 2; run += 1) expect(await forgetDeleted(keyStore)(world.log.events)()).toEqual(E.right(undefined))
    expect([await opened(world, group, gone.sequence), await opened(world, group, kept.sequence)]).toEqual(['no key', '{"text":"kept"}'])
  })
})

describe('warm and cold', () => {
  const talkedIn = async (world: ReturnType<typeof commandSides>, count: number) => {
    const side = world.start()
    const [ada, ben] = [await aMember(side), await aMember(side)]
    const group = await aGroup(side, ada, ben)
    for (let index = 0; index < count; index += 1) await answer(side.conversation(ada, group, 2 + index, message(`${index}`)))
    await side.close()
    return { ada, ben, group }
  }

  it('a snapshot spares the stream before it, and counters and members are as before', async () => {
    const world = commandSides()
    const { ada, ben, group } = await talkedIn(world, 250)
    expect([...world.kept.values()].some(({ stream, revision }) => stream === conversationStream(group) && revision >= 199n)).toBe(true)
    const from: bigint[] = []
    const { eventStore } = world.parts()
    const watched: EventStore = { ...eventStore, read: (stream, options) => {
      if (stream === conversationStream(group) && typeof options.from === 'bigint') from.push(options.from)
      return eventStore.read(stream, options)
    } }
    const side = world.start({ eventStore: watched })
    await answer(side.conversation(ben, group, 1, message('hello')))
    expect(Math.min(...from.map(Number))).toBeGreaterThanOrEqual(199)
    expect(await refusal(side.conversation(ada, group, 999, message('x')))).toMatchObject({ expectedCounter: 252 })
  })

  it('a snapshot of another history, of altered bytes, or none at all: the stream decides', async () => {
    const world = commandSides()
    const { ada, group } = await talkedIn(world, 210)
    for (const change of [{ hash: 'of another log' }, { state: Buffer.from('nonsense') }, { state: Buffer.alloc(0) }]) {
      for (const [place, snapshot] of world.kept) world.kept.set(place, { ...snapshot, ...change })
      expect(await refusal(world.start().conversation(ada, group, 999, message('x')))).toMatchObject({ expectedCounter: 212 })
    }
    const snapshots = { load: () => TE.left({ _tag: 'Unavailable', retryAfterMs: 1, reason: 'away' } as const), save: () => TE.left({ _tag: 'Unavailable', retryAfterMs: 1, reason: 'away' } as const) }
    await answer(world.start({ snapshots }).conversation(ada, group, 212, message('without snapshots')))
  })

  it('a device revoked through another process is refused after 5 s, through this one at once', async () => {
    const world = commandSides()
    const { ada, group } = await talkedIn(world, 1)
    let now = 0
    const [here, there] = [world.start({ elapsed: () => now }), world.start()]
    expect(await answer(here.deviceIsLive(ada))).toBe(true)
    await answer(there.account(ada.account, { type: 'RevokeDevice', deviceId: ada.device }))
    now = 5_000
    await answer(here.conversation(ada, group, 3, message('just in time')))
    now = 5_001
    expect(codeOf(await refusal(here.conversation(ada, group, 4, message('too late'))))).toBe('device-unknown')
    expect(await answer(there.deviceIsLive(ada))).toBe(false)
  })

  it('a device registered through another process is taken at once', async () => {
    const world = commandSides()
    const { ada } = await talkedIn(world, 0)
    const [here, there] = [world.start(), world.start()]
    const second = { ...ada, device: uuidv7() }
    expect(await answer(here.deviceIsLive(second))).toBe(false)
    await answer(there.account(ada.account, { type: 'RegisterDevice', deviceId: second.device }))
    expect(await answer(here.deviceIsLive(second))).toBe(true)
  })
})

describe('closing', () => {
  it('what is under way finishes, what comes after is unavailable', async () => {
    const world = commandSides()
    const side = world.start()
    const ada = await aMember(side)
    const group = await aGroup(side, ada)
    const underWay = Array.from({ length: 20 }, (_, index) => answer(side.conversation(ada, group, 2 + index, message('x'))))
    const closed = side.close()
    expect(codeOf(await refusal(side.conversation(ada, group, 22, message('late'))))).toBe('unavailable')
    await closed
    expect((await Promise.all(underWay)).map(({ sequence }) => sequence)).toEqual(Array.from({ length: 20 }, (_, index) => 2 + index))
  })

  it('beyond 10,000 under way: `busy`, and those under way are not touched', async () => {
    const world = commandSides()
    const side = world.start()
    const ada = await aMember(side)
    const many = Array.from({ length: 10_001 }, () => side.deviceIsLive(ada)())
    const done = await Promise.all(many)
    const refused = done.filter(E.isLeft)
    expect(refused.map(({ left }) => [codeOf(left), left.retryAfterMs])).toEqual([['busy', 250]])
  })

  it('a defect answers `internal` and is told', async () => {
    const world = commandSides()
    const side = world.start({ newId: () => { throw new Error('no randomness') } })
    expect(codeOf(await refusal(side.account(uuidv7(), { type: 'RegisterAccount', profile: { handle: 'ada', name: 'Ada' } })))).toBe('internal')
    expect(world.defects).toHaveLength(1)
  })
})
