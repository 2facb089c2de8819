import * as E from 'fp-ts/lib/Either.js'
import { Compile } from 'typebox/compile'
import { serverFrames, type ServerFrame } from '../events/wire/frames.js'

/** A newer gateway may add fields: a client that is out there must not break on them. */
const openToMore = (schema: object): object =>
  JSON.parse(JSON.stringify(schema, (key, value: unknown) => (key === 'additionalProperties' && value === false ? undefined : value))) as object

const validators = new Map(Object.entries(serverFrames).map(([type, schema]) => [type, Compile(openToMore(schema))]))

export type UnreadableFrame = { readonly _tag: 'NotAFrame' } | { readonly _tag: 'UnknownFrame'; readonly type: string }

const parse = (text: unknown): unknown => {
  try {
    return typeof text === 'string' ? JSON.parse(text) : undefined
  } catch {
    return undefined
  }
}

/** Reads a frame of the gateway. `UnknownFrame` is one of a later protocol and may be passed over. */
export const readFrame = (text: unknown): E.Either<UnreadableFrame, ServerFrame> => {
  const frame = parse(text)
  if (typeof frame !== 'object' || frame === null || !('type' in frame) || typeof frame.type !== 'string') return E.left({ _tag: 'NotAFrame' })
  const validator = validators.get(frame.type)
  if (validator === undefined) return E.left({ _tag: 'UnknownFrame', type: frame.type })
  return validator.Check(frame) ? E.right(frame as ServerFrame) : E.left({ _tag: 'NotAFrame' })
}
