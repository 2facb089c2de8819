import * as E from 'fp-ts/lib/Either.js'
import type { TSchema } from 'typebox'
import { Compile, type Validator } from 'typebox/compile'
import { limits } from '../../events/limits.js'
import type { Problem } from '../../events/wire/answers.js'
import { clientFrames, type ClientFrame } from '../../events/wire/frames.js'
import { problem } from '../../events/wire/problems.js'
import { parseBoundedJson } from '../../platform/bounded-json.js'

export type FrameRefusal =
  | { readonly _tag: 'TooLarge' }
  /** Not a frame at all: the two sides no longer speak the same protocol. */
  | { readonly _tag: 'NotAFrame'; readonly problem: Problem }
  /** A known frame with wrong fields; `request` where it can be read. */
  | { readonly _tag: 'BadFields'; readonly request: number | undefined; readonly problem: Problem }

const ERRORS_SHOWN = 8

const validators = new Map<unknown, Validator>(
  Object.entries(clientFrames).map(([type, schema]: [string, TSchema]) => [type, Compile(schema) as unknown as Validator]),
)

const notAFrame = (detail: string): E.Either<FrameRefusal, never> => E.left({ _tag: 'NotAFrame', problem: problem('malformed', { detail }) })

const requestOf = (frame: object): number | undefined =>
  'request' in frame && typeof frame.request === 'number' && Number.isSafeInteger(frame.request) && frame.request >= 0 ? frame.request : undefined

const errorsOf = (validator: Validator, value: unknown): NonNullable<Problem['errors']> =>
  (validator.Errors(value) as ReadonlyArray<{ readonly instancePath?: string; readonly message?: string }>)
    .slice(0, ERRORS_SHOWN)
    .map(({ instancePath = '', message = 'not as the schema says' }) => ({ path: instancePath, message }))

/**
 * A frame from a stranger: at most 64 KiB, JSON at most 16 deep, no name that pollutes prototypes, a known type, no unknown
 * field. What comes out is as the schema says. Never throws.
 */
export const parseFrame = (text: string): E.Either<FrameRefusal, ClientFrame> => {
  if (text.length > limits.frameBytes || Buffer.byteLength(text) > limits.frameBytes) return E.left({ _tag: 'TooLarge' })
  const parsed = parseBoundedJson(text, limits.jsonDepth)
  if (E.isLeft(parsed)) {
    return notAFrame(parsed.left._tag === 'TooDeep' ? `A frame nests at most ${limits.jsonDepth} deep.` : 'A frame is a JSON object { "type": … }.')
  }
  const frame = parsed.right
  if (typeof frame !== 'object' || frame === null || !('type' in frame)) return notAFrame('A frame is a JSON object { "type": … }.')
  const validator = validators.get(frame.type)
  if (validator === undefined) return notAFrame(`Send one of: ${[...validators.keys()].join(', ')}.`)
  if (validator.Check(frame)) return E.right(frame as ClientFrame)
  return E.left({ _tag: 'BadFields', request: requestOf(frame), problem: problem('malformed', { errors: [...errorsOf(validator, frame)] }) })
}
