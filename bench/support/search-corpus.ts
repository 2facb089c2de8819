import { derivedId } from '../../events/ids.js'
import type { IndexChange, SearchDocument } from '../../events/search/index-port.js'
import { chanceOf } from '../../server/demo/chat/chance.js'

const VOCABULARY = 30_000
const WORDS_IN_A_MESSAGE = 12
const MESSAGES_IN_A_CONVERSATION = 200
const CONVERSATIONS_OF_A_MEMBER = 50
const PEOPLE = 1_000
/** Ranks of the words that are asked for, which some two of a thousand messages have each. */
const ASKED_RANKS = { from: 300, to: 900 }
const FIRST_AT = Date.UTC(2026, 0, 1)
const SPAN_MS = 90 * 86_400_000

const wordAt = (rank: number): string => `w${rank.toString(36)}`

/** Ranks by Zipf's law, exponent 1. */
const zipf = (random: () => number): number => Math.min(VOCABULARY - 1, Math.floor(Math.exp(random() * Math.log(VOCABULARY))))

const idsOf = (kind: string, count: number): ReadonlyArray<string> => Array.from({ length: count }, (_, at) => derivedId('bench', kind, String(at)))

const documentAt = (at: number, conversations: readonly string[], people: readonly string[], messages: number, random: () => number): SearchDocument => ({
  conversation: conversations[at % conversations.length] ?? '', sequence: Math.floor(at / conversations.length) + 1,
  sentAt: FIRST_AT + Math.floor((at * SPAN_MS) / messages), messageId: derivedId('bench', 'message', String(at)), sender: people[at % people.length] ?? '',
  indexed: { mode: 'words', words: Array.from({ length: WORDS_IN_A_MESSAGE }, () => wordAt(zipf(random))) },
})

/** Messages of random words, spread over conversations of 200; more than `messages` may be taken. */
export const corpusOf = (messages: number) => {
  const random = chanceOf(7).fraction
  const conversations = idsOf('conversation', Math.max(1, Math.ceil(messages / MESSAGES_IN_A_CONVERSATION)))
  const people = idsOf('person', PEOPLE)
  let at = 0
  return {
    conversations, people,
    next: (count: number): ReadonlyArray<IndexChange> => Array.from({ length: count }, () => {
      const document = documentAt(at, conversations, people, messages, random)
      at += 1
      return { op: 'put', version: document.sequence, document }
    }),
    /** Conversations of a person, the same each time. */
    membershipsOf: (person: number): ReadonlyArray<string> =>
      [...new Set(Array.from({ length: CONVERSATIONS_OF_A_MEMBER }, (_, turn) => conversations[(person * 7_919 + turn * 104_729) % conversations.length] ?? ''))],
  }
}

/** Words that somebody asks for. */
export const askedWord = (random: () => number): string => wordAt(ASKED_RANKS.from + Math.floor(random() * (ASKED_RANKS.to - ASKED_RANKS.from)))

export const described = { vocabulary: `${VOCABULARY}, Zipf 1.0`, 'words a message': WORDS_IN_A_MESSAGE, 'messages a conversation': MESSAGES_IN_A_CONVERSATION, 'conversations an asker': CONVERSATIONS_OF_A_MEMBER }
