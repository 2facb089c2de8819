import { createHash } from 'node:crypto'
import * as E from 'fp-ts/lib/Either.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalBytes, canonicalText } from './canonical.js'
import type { Position, RecordedEvent } from './event-store.js'
import { chainVerifier, eventHash, type ChainBreak } from './hash-chain.js'
import { conversationStream, receiptsStream } from './streams.js'

const stream = conversationStream('01990a1b-2c3d-7005-80b9-5eed00000005')
const bytesOf = (value: unknown): Uint8Array => E.getOrElse((): Uint8Array => new Uint8Array())(canonicalBytes(value))

const recorded = (revision: number, text: string, previous: string | null): RecordedEvent => ({
  stream,
  revision: BigInt(revision),
  position: String(revision) as Position,
  id: `01990a1b-2c3d-7005-80b9-${revision.toString(16).padStart(12, '0')}`,
  type: 'MessageSent',
  version: 1,
  data: bytesOf({ text }),
  metadata: bytesOf({ actor: 'hanna', previous }),
  sealed: undefined,
})

const chain = (length: number, from: ReadonlyArray<RecordedEvent> = []): ReadonlyArray<RecordedEvent> => {
  const events = [...from]
  for (let revision = events.length; revision < length; revision += 1) {
    const last = events.at(-1)
    events.push(recorded(revision, `message ${revision}`, last === undefined ? null : eventHash(stream, last.revision, last)))
  }
  return events
}

const firstBreak = (events: ReadonlyArray<RecordedEvent>, chained = true): ChainBreak | undefined => {
  const check = chainVerifier(stream, chained)
  for (const event of events) {
    const found = check(event)
    if (found !== undefined) return found
  }
  return undefined
}

describe('the hash of an event', () => {
  const event = recorded(3, 'grüße 👋', 'x'.repeat(43))

  it('is what it always was', () => {
    // Computed once by another implementation: sha256 over the sorted, compact JSON.
    expect(eventHash(stream, 3n, event)).toBe('YYiVSh9NnhFivfsVV2k06qzu6BdOX38vhTjNOwaEIKw')
  })

  it('is SHA-256 of the canonical form of all but position and sealed', () => {
    const { id, type, version } = event
    const parse = (bytes: Uint8Array) => JSON.parse(Buffer.from(bytes).toString('utf8')) as unknown
    const whole = canonicalText({ stream, revision: 3, id, type, version, data: parse(event.data), metadata: parse(event.metadata) })
    expect(E.isRight(whole) && createHash('sha256').update(whole.right).digest('base64url')).toBe(eventHash(stream, 3n, event))
  })

  it('does not change when the content is forgotten or the log is moved', () => {
    const moved: RecordedEvent = { ...event, sealed: Buffer.from('x'), position: 'elsewhere' as Position }
    expect(eventHash(stream, 3n, moved)).toBe(eventHash(stream, 3n, event))
  })
})

describe('A3: a chain', () => {
  it('that nobody touched verifies', () => expect(firstBreak(chain(12))).toBeUndefined())

  const alterations: Readonly<Record<string, (event: RecordedEvent) => RecordedEvent>> = {
    data: (event) => ({ ...event, data: bytesOf({ text: 'forged' }) }),
    'one space in the data': (event) => ({ ...event, data: Buffer.concat([Buffer.from(event.data), Buffer.from(' ')]) }),
    actor: (event) => ({ ...event, metadata: bytesOf({ ...(JSON.parse(Buffer.from(event.metadata).toString()) as object), actor: 'otto' }) }),
    id: (event) => ({ ...event, id: event.id.replace('7005', '7006') }),
    type: (event) => ({ ...event, type: 'MessageEdited' }),
    version: (event) => ({ ...event, version: 2 }),
  }
  for (const [what, alter] of Object.entries(alterations)) {
    it(`${what} altered: found at the event after it`, () =>
      fc.assert(fc.property(fc.integer({ min: 0, max: 10 }), (at) => {
        expect(firstBreak(chain(12).map((event, index) => (index === at ? alter(event) : event)))).toEqual({ _tag: 'HashMismatch', stream, revision: BigInt(at + 1) })
      })))
  }

  it('with an event dropped', () =>
    fc.assert(fc.property(fc.integer({ min: 0, max: 10 }), (at) => {
      expect(firstBreak(chain(12).filter((_, index) => index !== at))).toEqual({ _tag: 'RevisionMissing', stream, expected: BigInt(at), found: BigInt(at + 1) })
    })))

  it('with an event dropped and the others renumbered', () =>
    fc.assert(fc.property(fc.integer({ min: 0, max: 10 }), (at) => {
      const closedUp = chain(12).filter((_, index) => index !== at).map((event, index) => ({ ...event, revision: BigInt(index) }))
      expect(firstBreak(closedUp)).toEqual({ _tag: 'HashMismatch', stream, revision: BigInt(at) })
    })))

  it('with two events swapped, also when they are renumbered', () =>
    fc.assert(fc.property(fc.integer({ min: 0, max: 10 }), fc.boolean(), (at, renumber) => {
      const events = [...chain(12)]
      events.splice(at, 2, ...events.slice(at, at + 2).reverse())
      expect(firstBreak(renumber ? events.map((event, index) => ({ ...event, revision: BigInt(index) })) : events)).toBeDefined()
    })))

  it('with an event inserted, whatever link it claims', () =>
    fc.assert(fc.property(fc.integer({ min: 1, max: 11 }), fc.boolean(), (at, linked) => {
      const events = chain(12)
      const before = events[at - 1]
      const link = linked && before !== undefined ? eventHash(stream, before.revision, before) : 'x'.repeat(43)
      const after = events.slice(at).map((event) => ({ ...event, revision: event.revision + 1n }))
      expect(firstBreak([...events.slice(0, at), recorded(at, 'inserted', link), ...after])).toBeDefined()
    })))

  it('rewritten from some event on is another chain: its last hash differs from the one kept', () => {
    const rewritten = chain(12, [...chain(5), recorded(5, 'forged', eventHash(stream, 4n, chain(5)[4] ?? recorded(0, '', null)))])
    const lastHash = (events: ReadonlyArray<RecordedEvent>) => events.slice(-1).map((event) => eventHash(stream, event.revision, event))
    expect(firstBreak(rewritten)).toBeUndefined()
    expect(lastHash(rewritten)).not.toEqual(lastHash(chain(12)))
  })

  it('must begin with no link', () => expect(firstBreak([recorded(0, 'a', 'x'.repeat(43))])).toEqual({ _tag: 'HashMismatch', stream, revision: 0n }))
})

describe('an unchained stream', () => {
  const receipts = receiptsStream('01990a1b-2c3d-7005-80b9-5eed00000005')
  const events = [0, 1, 2].map((revision) => ({ ...recorded(revision, 'read', null), stream: receipts }))

  it('verifies without links', () => expect(firstBreak(events, false)).toBeUndefined())
  it('shows its holes', () => expect(firstBreak(events.slice(1), false)).toMatchObject({ _tag: 'RevisionMissing' }))
})
