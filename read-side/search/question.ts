import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import { isId } from '../../events/ids.js'
import type { Clause } from '../../events/search/index-port.js'
import { searchLimits } from '../../events/search/index-port.js'
import { words } from '../../events/search/normalise.js'
import { momentOf, narrowest, NOT_A_MOMENT } from './dates.js'

/** What a question asks for; `undefined` where it does not say. */
export interface Question {
  readonly clauses: ReadonlyArray<Clause>
  readonly senders: ReadonlyArray<string> | undefined
  readonly conversations: ReadonlyArray<string> | undefined
  /** Milliseconds since 1970, inclusive. */
  readonly from: number | undefined
  readonly to: number | undefined
}

/** Why a text is no question, and where: characters (UTF-16) from its beginning. */
export interface QuestionFault {
  readonly at: number
  readonly message: string
}

/** UTF-16 units of a question. */
export const QUESTION_CHARACTERS = 4_096

type Part =
  | { readonly _tag: 'Clauses'; readonly clauses: ReadonlyArray<Clause> }
  | { readonly _tag: 'Sender' | 'Conversation'; readonly id: string }
  | { readonly _tag: 'Sent'; readonly from: number | undefined; readonly to: number | undefined }

interface Token {
  readonly at: number
  readonly text: string
}

type Read<A> = E.Either<QuestionFault, A>

const fault = (at: number, message: string): Read<never> => E.left({ at, message })

const ranges = /^\[\s*(\S+)\s+TO\s+(\S+?)\s*\]$/
const fields = ['sender_id:', 'conversation_id:', 'created_at:'] as const

/** A field's value with its brackets, a quoted phrase, or what stands up to the next space. */
const endOf = (text: string, at: number): Read<number> => {
  const field = fields.find((name) => text.startsWith(name, at))
  const opening = at + (field?.length ?? 0)
  if (field === 'created_at:' && text[opening] === '[') {
    const end = text.indexOf(']', opening)
    return end < 0 ? fault(opening, 'the bracket is not closed') : E.right(end + 1)
  }
  if (field === undefined && text[at] === '"') {
    const end = text.indexOf('"', at + 1)
    return end < 0 ? fault(at, 'the quotation mark is not closed') : E.right(end + 1)
  }
  let end = opening
  while (end < text.length && !/\s/u.test(text[end] ?? '') && (text[end] !== '"' || field !== undefined)) end += 1
  return E.right(end)
}

const tokensOf = (text: string): Read<ReadonlyArray<Token>> => {
  const found: Token[] = []
  for (let at = 0; at < text.length; ) {
    if (/\s/u.test(text[at] ?? '')) { at += 1; continue }
    const end = endOf(text, at)
    if (E.isLeft(end)) return end
    found.push({ at, text: text.slice(at, end.right) })
    at = end.right
  }
  return E.right(found)
}

const phraseOrWord = (all: ReadonlyArray<string>): ReadonlyArray<Clause> => {
  const [word, ...more] = all
  if (word === undefined) return []
  return [more.length === 0 ? { _tag: 'Word', word } : { _tag: 'Phrase', words: all }]
}

const clausesOf = (clauses: ReadonlyArray<Clause>): Read<Part> => E.right({ _tag: 'Clauses', clauses })

const prefixOf = ({ at, text }: Token): Read<Part> => {
  const all = words(text.slice(0, -1))
  const prefix = all.at(-1)
  return prefix === undefined ? fault(at, '* needs a beginning before it') : clausesOf([...phraseOrWord(all.slice(0, -1)), { _tag: 'Prefix', prefix }])
}

const idOf = (_tag: 'Sender' | 'Conversation', field: string, { at, text }: Token): Read<Part> => {
  const id = text.slice(field.length)
  return isId(id) ? E.right({ _tag, id }) : fault(at + field.length, 'not an id')
}

const bound = (text: string, side: 'from' | 'to'): O.Option<number | undefined> => (text === '*' ? O.some(undefined) : momentOf(text, side))

const sentOf = ({ at, text }: Token): Read<Part> => {
  const start = at + 'created_at:'.length
  const written = text.slice('created_at:'.length)
  const [, first, last] = ranges.exec(written) ?? []
  if (first === undefined || last === undefined) return fault(start, 'not a range: [a TO b], each a date, an instant or *')
  const [from, to] = [bound(first, 'from'), bound(last, 'to')]
  if (O.isNone(from)) return fault(start + written.indexOf(first), NOT_A_MOMENT)
  if (O.isNone(to)) return fault(start + written.lastIndexOf(last), NOT_A_MOMENT)
  if (from.value !== undefined && to.value !== undefined && from.value > to.value) return fault(start, 'the range ends before it begins')
  return E.right({ _tag: 'Sent', from: from.value, to: to.value })
}

const partOf = (token: Token): Read<Part> => {
  const { text } = token
  if (text.startsWith('sender_id:')) return idOf('Sender', 'sender_id:', token)
  if (text.startsWith('conversation_id:')) return idOf('Conversation', 'conversation_id:', token)
  if (text.startsWith('created_at:')) return sentOf(token)
  if (text.endsWith('*')) return prefixOf(token)
  return clausesOf(phraseOrWord(words(text)))
}

const together = (parts: ReadonlyArray<Part>): Question => {
  const ids = (tag: 'Sender' | 'Conversation') => parts.flatMap((part) => (part._tag === tag ? [part.id] : []))
  const [senders, conversations] = [ids('Sender'), ids('Conversation')]
  const sent = parts.flatMap((part) => (part._tag === 'Sent' ? [part] : []))
  return {
    clauses: parts.flatMap((part) => (part._tag === 'Clauses' ? part.clauses : [])),
    senders: senders.length === 0 ? undefined : senders,
    conversations: conversations.length === 0 ? undefined : conversations,
    from: narrowest(Math.max, sent.map(({ from }) => from)), to: narrowest(Math.min, sent.map(({ to }) => to)),
  }
}

/**
 * Reads a question: words, `"phrases"`, `beginnings*`, `sender_id:`, `conversation_id:`, `created_at:[a TO b]`. All must
 * hold; of one field's ids any. What holds no word is left out, unless nothing else is asked. Total: any text is a
 * question or a fault with its place.
 */
export const parseQuestion = (text: string): Read<Question> => {
  if (text.length > QUESTION_CHARACTERS) return fault(QUESTION_CHARACTERS, `longer than ${QUESTION_CHARACTERS} characters`)
  const tokens = tokensOf(text)
  if (E.isLeft(tokens)) return tokens
  const parts: Part[] = []
  for (const token of tokens.right) {
    const part = partOf(token)
    if (E.isLeft(part)) return part
    parts.push(part.right)
  }
  const question = together(parts)
  if (question.clauses.length > searchLimits.clauses) return fault(0, `more than ${searchLimits.clauses} words and phrases`)
  const isEmpty = question.clauses.length === 0 && parts.every(({ _tag }) => _tag === 'Clauses')
  return isEmpty ? fault(0, 'no word to look for') : E.right(question)
}
