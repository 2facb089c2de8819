import * as E from 'fp-ts/lib/Either.js'
import { fromReadonlyArray, type ReadonlyNonEmptyArray } from 'fp-ts/lib/ReadonlyNonEmptyArray.js'
import * as O from 'fp-ts/lib/Option.js'
import { canonicalBytes } from '../../events/canonical.js'
import { encode } from '../../events/codec.js'
import type { NewEvent, StreamName } from '../../events/event-store.js'
import { eventHash } from '../../events/hash-chain.js'
import type { AnyEvent } from '../../events/registry.js'
import type { Metadata } from '../../events/schemas/common.js'
import { seal } from '../../events/sealing.js'
import type { Problem } from '../../events/wire/answers.js'
import { notCanonical } from './answers.js'
import type { Draft } from './draft.js'
import type { Last } from './kept.js'

export type AnyDraft = Draft<AnyEvent>
/** Unit → its key. */
export type UnitKeys = ReadonlyMap<string, Uint8Array>
export type Stamp = Omit<Metadata, 'previous'>
export type NewEvents = ReadonlyNonEmptyArray<NewEvent>

/** Where the events go. `after` is the event before them; unchained streams have no `previous`, whatever came before. */
export interface Place {
  readonly stream: StreamName
  readonly after: Last | undefined
  readonly chained: boolean
}

const sealed = (stream: StreamName, eventId: string, draft: AnyDraft, keys: UnitKeys) => {
  if (!('content' in draft)) return E.right({ event: draft, sealed: undefined })
  const key = keys.get(draft.data.unit)
  if (key === undefined) throw new Error(`${draft.type} is sealed under a unit whose key was not obtained`)
  const content = canonicalBytes(draft.content)
  if (E.isLeft(content)) return E.left(notCanonical(content.left))
  const made = seal(key, { stream, eventId, type: draft.type }, content.right)
  return E.right({ event: { type: draft.type, data: { ...draft.data, digest: made.digest } }, sealed: made.sealed })
}

/**
 * Drafts as events ready to append: contents sealed under their units' keys, each chained to the one before it, with
 * the ids given. Refuses content that has no canonical form; a draft that its schema refuses is a defect.
 */
export const sealDrafts = (
  { stream, after, chained }: Place, drafts: ReadonlyArray<AnyDraft>, ids: ReadonlyArray<string>, keys: UnitKeys, stamp: Stamp,
): E.Either<Problem, NewEvents> => {
  let previous = after?.hash ?? null
  let revision = (after?.revision ?? -1n) + 1n
  const events: NewEvent[] = []
  for (const [index, draft] of drafts.entries()) {
    const id = ids[index]
    if (id === undefined) throw new Error('an id for each draft')
    const made = sealed(stream, id, draft, keys)
    if (E.isLeft(made)) return made
    // The digest completes the draft's data; `encode` holds it against the schema.
    const event = encode(id, made.right.event as AnyEvent, { ...stamp, previous: chained ? previous : null }, made.right.sealed)
    if (E.isLeft(event)) throw new Error(`${draft.type} is not as its schema says: ${event.left.reason}`)
    events.push(event.right)
    previous = eventHash(stream, revision, event.right)
    revision += 1n
  }
  const some = fromReadonlyArray(events)
  if (O.isNone(some)) throw new Error('nothing to append')
  return E.right(some.value)
}
