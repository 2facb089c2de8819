import * as E from 'fp-ts/lib/Either.js'
import { Compile } from 'typebox/compile'
import { canonicalBytes, type NotCanonical } from './canonical.js'
import type { NewEvent, Position, RecordedEvent, StreamName } from './event-store.js'
import { currentVersion, registration, type AnyEvent } from './registry.js'
import { Metadata } from './schemas/common.js'
import { upcast } from './upcasters.js'

const metadataValidator = Compile(Metadata)

export type EncodeError = NotCanonical | { readonly _tag: 'NotInSchema'; readonly type: string; readonly reason: string }

export type DecodeError =
  | { readonly _tag: 'UnknownEventType'; readonly type: string }
  | { readonly _tag: 'UnknownVersion'; readonly type: string; readonly version: number }
  | { readonly _tag: 'Malformed'; readonly type: string; readonly reason: string }

/** A recorded event, read: data lifted to the current version, metadata typed, the sealed content as it is. */
export type Decoded<Event extends AnyEvent = AnyEvent> = Event & {
  readonly stream: StreamName
  /** Safe as a number: a stream would need 2^53 events to exceed it. */
  readonly revision: number
  readonly position: Position
  readonly id: string
  readonly metadata: Metadata
  readonly sealed: Uint8Array | undefined
}

const firstError = (errors: Iterable<{ readonly instancePath?: string; readonly message?: string }>): string => {
  for (const error of errors) return `${error.instancePath ?? ''} ${error.message ?? ''}`.trim()
  return 'not as the schema says'
}

/** Validates against the registry, canonicalises: the bytes that are appended, hashed and kept for ever. */
export const encode = (
  id: string,
  event: AnyEvent,
  metadata: Metadata,
  sealed: Uint8Array | undefined,
): E.Either<EncodeError, NewEvent> => {
  const known = registration(event.type)
  if (known === undefined) return E.left({ _tag: 'NotInSchema', type: event.type, reason: 'unknown type' })
  if (!known.validator.Check(event.data)) {
    return E.left({ _tag: 'NotInSchema', type: event.type, reason: firstError(known.validator.Errors(event.data) as Iterable<object>) })
  }
  const data = canonicalBytes(event.data)
  if (E.isLeft(data)) return data
  const meta = canonicalBytes(metadata)
  if (E.isLeft(meta)) return meta
  return E.right({ id, type: event.type, version: currentVersion, data: data.right, metadata: meta.right, sealed })
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })
const parse = (bytes: Uint8Array): unknown => JSON.parse(utf8.decode(bytes))

/** Reads what `encode` wrote, in any version ever written. */
export const decode = (recorded: RecordedEvent): E.Either<DecodeError, Decoded> => {
  const { type, version } = recorded
  const known = registration(type)
  if (known === undefined) return E.left({ _tag: 'UnknownEventType', type })
  try {
    const metadata = parse(recorded.metadata)
    const data = upcast(type, version, currentVersion, parse(recorded.data) as Record<string, unknown>)
    if (data === undefined) return E.left({ _tag: 'UnknownVersion', type, version })
    if (!known.validator.Check(data)) return E.left({ _tag: 'Malformed', type, reason: firstError(known.validator.Errors(data) as Iterable<object>) })
    if (!metadataValidator.Check(metadata)) return E.left({ _tag: 'Malformed', type, reason: 'metadata' })
    const { stream, position, id, sealed } = recorded
    return E.right({ type, data, stream, revision: Number(recorded.revision), position, id, metadata, sealed } as unknown as Decoded)
  } catch (error) {
    return E.left({ _tag: 'Malformed', type, reason: error instanceof Error ? error.message : String(error) })
  }
}
