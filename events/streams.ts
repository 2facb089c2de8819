import * as O from 'fp-ts/lib/Option.js'
import type { StreamName } from './event-store.js'
import { isId } from './ids.js'

// Stream names are persisted for ever. The first hyphen ends the category (EventStoreDB's $by_category rule).
export const categories = ['conversation', 'receipts', 'account', 'keys', 'stories', 'story', 'moderation'] as const
export type Category = (typeof categories)[number]

const named = (category: Category) => (id: string): StreamName => `${category}-${id}` as StreamName

export const conversationStream = named('conversation')
export const receiptsStream = named('receipts')
export const accountStream = named('account')
export const keysStream = named('keys')
export const storiesStream = named('stories')
export const storyStream = named('story')

/** The parts of a stream's name; none when it is not one of ours (a system stream, say). */
export const parseStream = (name: string): O.Option<{ readonly category: Category; readonly id: string }> => {
  const hyphen = name.indexOf('-')
  const category = categories.find((known) => known === name.slice(0, hyphen))
  const id = name.slice(hyphen + 1)
  return category !== undefined && isId(id) ? O.some({ category, id }) : O.none
}

/** What the stream is about: the conversation, the account. */
export const streamId = (stream: StreamName): string => stream.slice(stream.indexOf('-') + 1)

/** Streams that are appended without an expected revision: their events carry no hash of the one before. */
export const isUnchained = (category: Category): boolean => category === 'receipts' || category === 'story'
