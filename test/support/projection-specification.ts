import * as E from 'fp-ts/lib/Either.js'
import { expect } from 'vitest'
import { decode, encode } from '../../events/codec.js'
import type { Position, RecordedEvent, StreamName } from '../../events/event-store.js'
import type { AnyEvent } from '../../events/registry.js'
import type { Projection } from '../../projections/projection.js'
import { derivedId } from '../../events/ids.js'

const POSITION_DIGITS = 20

/** What a spec's events have in common. */
export const recordedAt = 1_790_000_000_000
export const actor = derivedId('spec', 'actor')
export const device = derivedId('spec', 'device')

/** The event as the log would hold it at a revision; its position is its revision plus 100. */
export const recordedEvent = (stream: StreamName, revision: number, event: AnyEvent, counter?: number): RecordedEvent => {
  const metadata = { recordedAt, actor, device, command: counter === undefined ? null : { counter }, correlation: actor, previous: null }
  const encoded = encode(derivedId('spec', stream, String(revision)), event, metadata, undefined)
  if (E.isLeft(encoded)) throw new Error(`not an event: ${JSON.stringify(encoded.left)}`)
  return { ...encoded.right, stream, revision: BigInt(revision), position: String(100 + revision).padStart(POSITION_DIGITS, '0') as Position }
}

/** Reads as given an event, then these writes; a second time gives the same ones. */
export const projectionSpecification = <Write>(projection: Projection<Write>) => ({
  given: (recorded: RecordedEvent, content?: unknown) => {
    const decoded = decode(recorded)
    if (E.isLeft(decoded)) throw new Error(`cannot be read: ${JSON.stringify(decoded.left)}`)
    const project = () => projection.project({ event: decoded.right, recorded, content })
    return {
      then: (...writes: ReadonlyArray<Write>) => {
        expect(project()).toEqual(writes)
        expect(project()).toEqual(writes)
      },
    }
  },
})
