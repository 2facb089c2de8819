import * as O from 'fp-ts/lib/Option.js'
import type { RecordedEvent } from '../events/event-store.js'
import { parseStream, type Category } from '../events/streams.js'

/** The id in the name of a stream of this category; undefined for streams of others. */
export const idIn = (category: Category, { stream }: Pick<RecordedEvent, 'stream'>): string | undefined => {
  if (!stream.startsWith(`${category}-`)) return undefined
  const parsed = parseStream(stream)
  return O.isSome(parsed) ? parsed.value.id : undefined
}

export const conversationOf = (event: Pick<RecordedEvent, 'stream'>): string | undefined => idIn('conversation', event)
