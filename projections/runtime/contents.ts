import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Decoded } from '../../events/codec.js'
import type { KeyStore, KeyStoreUnavailable, UnitState } from '../../events/key-store.js'
import { open } from '../../events/sealing.js'

/** The opened content of an event, undefined when it was forgotten; or why it does not open. */
export type Content = E.Either<string, unknown>

const unitOf = ({ data }: Decoded): string | undefined => ('unit' in data ? data.unit : undefined)

const parsed = (bytes: Uint8Array): Content => {
  try {
    return E.right(JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')) as unknown)
  } catch {
    // The parser's message quotes the content, which must not be kept.
    return E.left('the sealed content is not JSON')
  }
}

const contentOf = ({ stream, id, type, sealed }: Decoded, unit: UnitState | undefined): Content => {
  if (sealed === undefined || unit?._tag !== 'Living') return E.right(undefined)
  const opened = open(unit.key, { stream, eventId: id, type }, sealed)
  return E.isLeft(opened) ? E.left('the sealed content does not open') : parsed(opened.right.content)
}

/** Opens the contents of events, by event id; one look-up for all, none when nothing is sealed. */
export const openContents = (keyStore: KeyStore, events: ReadonlyArray<Decoded>): TE.TaskEither<KeyStoreUnavailable, ReadonlyMap<string, Content>> => {
  const sealed = events.flatMap((event) => {
    const unit = unitOf(event)
    return unit === undefined || event.sealed === undefined ? [] : [{ event, unit }]
  })
  if (sealed.length === 0) return TE.right(new Map())
  return pipe(
    keyStore.find(sealed.map(({ unit }) => unit)),
    TE.map((states) => new Map(sealed.map(({ event }, index) => [event.id, contentOf(event, states[index])]))),
  )
}
