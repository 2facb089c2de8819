import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { memoryEventStore } from '../../adapters/memory/event-store.js'
import { canonicalBytes } from '../../events/canonical.js'
import type { NewEvent } from '../../events/event-store.js'
import { eventHash } from '../../events/hash-chain.js'
import { conversationStream } from '../../events/streams.js'
import { newId } from '../../platform/identifiers.js'
import { eventLine, verifyLog, wholeStream } from './log.js'

const bytes = (value: unknown): Uint8Array => E.getOrElse((): Uint8Array => new Uint8Array())(canonicalBytes(value))

const chained = async (count: number, forge: (revision: number) => boolean = () => false) => {
  const [store, stream] = [memoryEventStore(), conversationStream(newId())]
  let previous: string | null = null
  for (let revision = 0; revision < count; revision += 1) {
    const event: NewEvent = {
      id: newId(), type: 'MemberLeft', version: 1, data: bytes({ userId: newId() }), sealed: undefined,
      metadata: bytes({ previous: forge(revision) ? 'forged' : previous }),
    }
    await store.append(stream, revision === 0 ? 'no-stream' : { revision: BigInt(revision - 1) }, [event])()
    previous = eventHash(stream, BigInt(revision), event)
  }
  return { store, stream }
}
const silent = () => undefined

describe('tidings log', () => {
  it('A3: verify finds nothing wrong with a true log', async () => {
    const { store } = await chained(30)
    expect(await verifyLog(store, silent)).toEqual({ streams: 1, events: 30, breaks: [] })
  })

  it('A3: verify names the first event that does not continue its stream', async () => {
    const { store, stream } = await chained(30, (revision) => revision === 12)
    expect(await verifyLog(store, silent)).toMatchObject({ breaks: [{ _tag: 'HashMismatch', stream, revision: 12n }] })
  })

  it('L1: read prints every revision once, also over pages', async () => {
    const { store, stream } = await chained(1_203)
    const lines: string[] = []
    for await (const event of wholeStream(store, stream)) lines.push(eventLine(event))
    expect(lines.map((line) => (JSON.parse(line) as { revision: number }).revision)).toEqual(Array.from({ length: 1_203 }, (_, revision) => revision))
  })
})
