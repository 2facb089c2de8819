import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { pipe } from 'fp-ts/lib/function.js'
import { decode, type DecodeError, type Decoded } from '../../events/codec.js'
import type { RecordedEvent } from '../../events/event-store.js'
import type { KeyStore, KeyStoreUnavailable } from '../../events/key-store.js'
import { registration } from '../../events/registry.js'
import { parseStream, type Category } from '../../events/streams.js'
import type { Step, Steps } from '../ports.js'
import type { Projection } from '../projection.js'
import { openContents, type Content } from './contents.js'

type AnyProjection = Projection<unknown>

interface Read {
  readonly recorded: RecordedEvent
  readonly projections: ReadonlyArray<AnyProjection>
  readonly decoded: E.Either<string, Decoded>
}

const reasonOf = (error: DecodeError): string => {
  switch (error._tag) {
    case 'UnknownEventType': return `unknown event type ${error.type}`
    case 'UnknownVersion': return `unknown version ${error.version} of ${error.type}`
    case 'Malformed': return `malformed ${error.type}: ${error.reason}`
  }
}

/** A projection of a category never meets an event of another, whoever wrote it there. */
const readAs = (category: Category, recorded: RecordedEvent): Read['decoded'] => {
  const decoded = decode(recorded)
  if (E.isLeft(decoded)) return E.left(reasonOf(decoded.left))
  return registration(recorded.type)?.category === category ? decoded : E.left(`${recorded.type} does not belong into a stream of ${category}`)
}

const project = (projection: AnyProjection, recorded: RecordedEvent, event: Decoded, content: Content): Step['outcome'] => {
  const opened = projection.opens.includes(event.type) ? content : E.right(undefined)
  if (E.isLeft(opened)) return opened
  try {
    return E.right(projection.project({ event, recorded, content: opened.right }))
  } catch (error) {
    return E.left(`${projection.name} failed: ${error instanceof Error ? error.message : String(error)}`)
  }
}

const noContent: Content = E.right(undefined)

const stepsOf = (projections: ReadonlyArray<AnyProjection>, events: ReadonlyArray<Read>, contents: ReadonlyMap<string, Content>): Steps => {
  const steps = new Map(projections.map(({ name }): [string, Step[]] => [name, []]))
  for (const { recorded, decoded, projections: concerned } of events) {
    for (const projection of concerned) {
      const outcome = E.isLeft(decoded)
        ? decoded
        : project(projection, recorded, decoded.right, contents.get(recorded.id) ?? noContent)
      if (E.isLeft(outcome) || outcome.right.length > 0) steps.get(projection.name)?.push({ event: recorded, outcome })
    }
  }
  return steps
}

export type ProjectEvents = (events: ReadonlyArray<RecordedEvent>) => TE.TaskEither<KeyStoreUnavailable, Steps>

/**
 * What projections make of events: read, opened where a projection opens them, projected. An event that cannot be read is
 * poison to every projection of its stream's category, one that makes a projection throw to that projection. Streams
 * that are not ours concern nobody.
 */
export const projectEvents = (projections: ReadonlyArray<AnyProjection>, keyStore: KeyStore): ProjectEvents => {
  const byCategory = new Map<Category, ReadonlyArray<AnyProjection>>()
  for (const category of new Set(projections.flatMap(({ categories }) => categories))) {
    byCategory.set(category, projections.filter(({ categories }) => categories.includes(category)))
  }
  const opened = new Set(projections.flatMap(({ opens }) => opens))

  const read = (recorded: RecordedEvent): ReadonlyArray<Read> => {
    const stream = parseStream(recorded.stream)
    if (O.isNone(stream)) return []
    const concerned = byCategory.get(stream.value.category)
    return concerned === undefined ? [] : [{ recorded, projections: concerned, decoded: readAs(stream.value.category, recorded) }]
  }
  return (events) => {
    const concerning = events.flatMap(read)
    const toOpen = concerning.flatMap(({ decoded }) => (E.isRight(decoded) && opened.has(decoded.right.type) ? [decoded.right] : []))
    return pipe(openContents(keyStore, toOpen), TE.map((contents) => stepsOf(projections, concerning, contents)))
  }
}
