import * as E from 'fp-ts/lib/Either.js'
import { Compile } from 'typebox/compile'
import { serverFrames, type ServerFrame } from '../events/wire/frames.js'

/** A newer gateway may add fields: a client that is out there must not break on them. */
const openToMore = (schema: object): object =>
  JSON.parse(JSON.stringify(schema, (key, value: unknown) => (key === 'additionalProperties' && value === false ? undefined : value))) as object

const validators = new Map(Object.entries(serverFrames).map(([type, schema]) => [type, Compile(openToMore(schema))]))

export type UnreadableFrame = { readonly _tag: 'NotAFrame' } | { readonly _tag: 'UnknownFrame'; readonly type: string }

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

// A gateway sends every member the same bytes: clients of one process read each event once, and verify it once (integrity.ts).
const RECENT_EVENTS = 256
const RECENT_EVENT_LENGTH = 4_096
const recent = new Map<string, ServerFrame>()

const remember = (text: string, frame: ServerFrame): void => {
  if (frame.type !== 'event' || text.length > RECENT_EVENT_LENGTH) return
  recent.set(text, frame)
  if (recent.size <= RECENT_EVENTS) return
  for (const oldest of recent.keys()) {
    recent.delete(oldest)
    return
  }
}

const readNew = (text: string): E.Either<UnreadableFrame, ServerFrame> => {
  const frame = parse(text)
  if (typeof frame !== 'object' || frame === null || !('type' in frame) || typeof frame.type !== 'string') return E.left({ _tag: 'NotAFrame' })
  const validator = validators.get(frame.type)
  if (validator === undefined) return E.left({ _tag: 'UnknownFrame', type: frame.type })
  if (!validator.Check(frame)) return E.left({ _tag: 'NotAFrame' })
  const known = frame as ServerFrame
  remember(text, known)
  return E.right(known)
}

/** Reads a frame of the gateway. `UnknownFrame` is one of a later protocol and may be passed over. Frames may be shared: nobody writes to them. */
export const readFrame = (data: unknown): E.Either<UnreadableFrame, ServerFrame> => {
  if (typeof data !== 'string') return E.left({ _tag: 'NotAFrame' })
  const known = recent.get(data)
  return known === undefined ? readNew(data) : E.right(known)
}
