import { randomBytes } from 'node:crypto'
import { uuidv7 } from 'uuidv7'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { memoryEventStore } from '../../adapters/memory/event-store.js'
import { memoryKeyStore } from '../../adapters/memory/key-store.js'
import type { KeyStore } from '../../events/key-store.js'
import type { Projection } from '../../projections/projection.js'
import { projectEvents } from '../../projections/runtime/project-events.js'
import { aConversation, aDevice, aMessage, anAccount, append, aRegistration } from './projection-runtime/messages.js'
import { done } from './projection-store/subject.js'

const SECRET = 'pasta at seven'

const seeing = (name: string, opens: ReadonlyArray<string>): Projection<unknown> => ({
  name, version: 1, categories: ['account'], opens, project: ({ content, event }) => [{ type: event.type, content }],
})
const projections = [seeing('directory', ['AccountRegistered']), seeing('devices', [])]

/** A key store that counts how often it is asked. */
const counted = (store: KeyStore) => {
  const asked: number[] = []
  return { asked, store: { ...store, find: (units: ReadonlyArray<string>) => { asked.push(units.length); return store.find(units) } } }
}

describe('the contents that a projection opens', () => {
  const registered = async (content: string) => {
    const [stream, unit, eventStore] = [anAccount(), uuidv7(), memoryEventStore()]
    const { asked, store } = counted(memoryKeyStore())
    const [state] = await done(store.obtain([{ unit, owner: stream }]))
    if (state?._tag !== 'Living') throw new Error('a living unit')
    const recorded = await append(eventStore, stream, aRegistration(stream, unit, state.key, content), aRegistration(stream, unit, state.key, content), aDevice())
    const outcomes = async (name: string) => ((await done(projectEvents(projections, store)(recorded))).get(name) ?? []).map(({ outcome }) => outcome)
    return { stream, unit, store, asked, recorded, eventStore, outcomes }
  }

  it('are opened for the projections that ask for the type, with one look-up a batch', async () => {
    const { asked, outcomes } = await registered('{"handle":"hanna"}')
    const [content, none] = [{ handle: 'hanna' }, undefined]
    expect(await outcomes('directory')).toEqual([
      E.right([{ type: 'AccountRegistered', content }]), E.right([{ type: 'AccountRegistered', content }]), E.right([{ type: 'DeviceRevoked', content: none }]),
    ])
    expect(asked).toEqual([2])
    expect((await outcomes('devices'))[0]).toEqual(E.right([{ type: 'AccountRegistered', content: none }]))
  })

  it('T6: are undefined once forgotten', async () => {
    const { store, unit, outcomes } = await registered('{"handle":"hanna"}')
    await done(store.destroy([unit]))
    expect((await outcomes('directory'))[0]).toEqual(E.right([{ type: 'AccountRegistered', content: undefined }]))
  })

  it('that do not open, or are not JSON, are poison to the projections that ask, with a reason that quotes nothing', async () => {
    const { outcomes } = await registered(SECRET)
    expect((await outcomes('directory'))[0]).toEqual(E.left('the sealed content is not JSON'))
    expect(E.isRight((await outcomes('devices'))[0] ?? E.left(''))).toBe(true)
    const { store, recorded } = await registered('{}')
    const altered = recorded.map((event) => ({ ...event, sealed: event.sealed && Uint8Array.from([1, ...randomBytes(event.sealed.length - 1)]) }))
    const steps = await done(projectEvents(projections, store)(altered))
    expect(steps.get('directory')?.[0]?.outcome).toEqual(E.left('the sealed content does not open'))
  })

  it('an event of another category in a stream is poison to the projections of the stream', async () => {
    const { eventStore, stream, store } = await registered('{}')
    const steps = await done(projectEvents(projections, store)(await append(eventStore, stream, aMessage())))
    expect(steps.get('directory')?.map(({ outcome }) => outcome)).toEqual([E.left('MessageSent does not belong into a stream of account')])
  })

  it('while no key can be had nothing is projected', async () => {
    const { store, recorded } = await registered('{}')
    const away: KeyStore = { ...store, find: () => async () => E.left({ _tag: 'KeyStoreUnavailable', retryAfterMs: 100, reason: 'away' }) }
    expect(await projectEvents(projections, away)(recorded)()).toMatchObject(E.left({ _tag: 'KeyStoreUnavailable' }))
    const others = await append(memoryEventStore(), aConversation(), aMessage())
    expect(E.isRight(await projectEvents(projections, away)(others)())).toBe(true)
  })
})
