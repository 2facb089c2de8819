import { createHmac } from 'node:crypto'
import { words } from '../../../events/search/normalise.js'
import { newId } from '../../../platform/identifiers.js'
import type { Enter, Participant } from '../participant.js'
import type { Played } from '../play.js'

/** What a person asks and what must come of it. */
export interface SearchCase {
  readonly what: string
  readonly by: Participant
  readonly asked: Readonly<Record<string, unknown>>
  /** How many messages answer it. */
  readonly total: number
  /** The only conversations that they may be of. */
  readonly within: ReadonlyArray<string>
  /** Of the first hit, where the order is asked for. */
  readonly first?: string
}

export interface Planted {
  readonly cases: ReadonlyArray<SearchCase>
  /** Of the last thing said. */
  readonly position: string | undefined
}

const searchKey = 'a key that only clients have'
const tokensOf = (text: string): string[] =>
  [...new Set(words(text))].map((word) => createHmac('sha256', searchKey).update(word).digest().subarray(0, 16).toString('base64url'))

export const personOf = (enter: Enter) => (name: string): Promise<Participant> =>
  enter(`search/${name}`, { handle: `${name}_of_search`, name }, () => undefined)

/** Creates a group and says these things in it, each by one of its members; answers the conversation and the last acknowledgement. */
export const groupSaying = async (creator: Participant, others: ReadonlyArray<Participant>, said: ReadonlyArray<readonly [by: Participant, text: string]>) => {
  const conversation = newId()
  let last = await creator.command(conversation, { type: 'CreateConversation', kind: 'group', encryption: 'readable', history: 'shared', members: others.map(({ userId }) => userId) })
  for (const [by, text] of said) last = await by.command(conversation, { type: 'SendMessage', messageId: newId(), content: { text } })
  return { conversation, last }
}

const secretGroup = async (creator: Participant, texts: ReadonlyArray<string>) => {
  const conversation = newId()
  await creator.command(conversation, { type: 'CreateConversation', kind: 'group', encryption: 'e2ee', history: 'sinceJoin', members: [] })
  for (const text of texts) {
    await creator.command(conversation, { type: 'SendMessage', messageId: newId(), content: { ciphertext: Buffer.from('only clients know').toString('base64url'), tokens: tokensOf(text) } })
  }
  return conversation
}

const dayOf = (moment: number): string => new Date(moment).toISOString().slice(0, 10)

/** Words, phrases and filters among what was planted, and an outsider who asks for the same. */
export const plant = async (enter: Enter): Promise<Planted> => {
  const [pia, paul, otto] = [await personOf(enter)('pia'), await personOf(enter)('paul'), await personOf(enter)('otto')]
  const secret = await secretGroup(pia, ['a silver thimble', 'a silver spoon'])
  const own = await groupSaying(otto, [], [[otto, 'zyzzyva, says otto']])
  const { conversation, last } = await groupSaying(pia, [paul], [
    [pia, 'the quincunx was planted here'], [paul, 'Ångström measured a zyzzyva'], [pia, 'a purple xylophone plays at dawn'], [paul, 'a xylophone, and it is purple'],
    [pia, 'persimmons by pia'], [paul, 'persimmons by paul'],
  ])
  const within = [conversation]
  const member = (what: string, asked: SearchCase['asked'], total: number, first?: string): SearchCase => ({ what, by: pia, asked, total, within, ...(first === undefined ? {} : { first }) })
  const outsider = (what: string, asked: SearchCase['asked'], total = 0): SearchCase => ({ what, by: otto, asked, total, within: [own.conversation] })
  const bySender = [pia, paul].sort((one, other) => (one.userId < other.userId ? -1 : 1))[0] === pia ? 'persimmons by pia' : 'persimmons by paul'
  return {
    position: last.position,
    cases: [
      member('a planted word', { q: 'quincunx' }, 1, 'the quincunx was planted here'),
      member('without case and accents', { q: 'ANGSTROM' }, 1, 'Ångström measured a zyzzyva'),
      member('two words', { q: 'purple xylophone' }, 2),
      member('a phrase', { q: '"purple xylophone"' }, 1, 'a purple xylophone plays at dawn'),
      member('a beginning', { q: 'quincu*' }, 1),
      member('misspelt', { q: 'zyzzyav', typos: true }, 1),
      member('by sender', { q: `persimmons sender_id:${paul.userId}` }, 1, 'persimmons by paul'),
      member('in a conversation', { q: `persimmons conversation_id:${conversation}` }, 2),
      member('since yesterday', { q: `persimmons created_at:[${dayOf(Date.now() - 86_400_000)} TO *]` }, 2),
      member('until 2001', { q: 'persimmons created_at:[* TO 2001-01-01]' }, 0),
      member('newest first', { q: 'persimmons', sort: 'recency' }, 2, 'persimmons by paul'),
      member('by sender, in order', { q: 'persimmons', sort: 'sender' }, 2, bySender),
      { ...member('all blind tokens', { tokens: tokensOf('silver spoon') }, 1), within: [secret] },
      { ...member('any blind token', { tokens: tokensOf('silver spoon'), match: 'any' }, 2), within: [secret] },
      outsider('an outsider: a planted word', { q: 'quincunx' }),
      outsider('an outsider: its own word', { q: 'zyzzyva' }, 1),
      outsider('an outsider: a phrase', { q: '"purple xylophone"' }),
      outsider('an outsider: the conversation', { q: `persimmons conversation_id:${conversation}` }),
      outsider('an outsider: blind tokens', { tokens: tokensOf('silver'), match: 'any' }),
    ],
  }
}

const MOST_LOGS = 5

/** The word of a log that most messages have, beyond the very shortest ones. */
const commonWord = (texts: ReadonlyArray<string>): { readonly word: string; readonly messages: number } | undefined => {
  const counts = new Map<string, number>()
  for (const text of texts) for (const word of new Set(words(text))) counts.set(word, (counts.get(word) ?? 0) + 1)
  return [...counts].map(([word, messages]) => ({ word, messages })).filter(({ word }) => word.length > 4).sort((one, other) => other.messages - one.messages)[0]
}

/** The keeper of a log finds a word of it in exactly those messages that have it; of other logs, and of what was planted, nothing. */
export const casesOfLogs = (played: ReadonlyArray<Played>): ReadonlyArray<SearchCase> =>
  played.slice(0, MOST_LOGS).flatMap(({ plan, conversation, keeper }) => {
    const found = commonWord(plan.steps.flatMap((step) => (step.type === 'send' ? [step.text] : [])))
    const planted: SearchCase = { what: `${plan.name}: a word planted elsewhere`, by: keeper, asked: { q: 'quincunx' }, total: 0, within: [] }
    return found === undefined ? [planted] : [{ what: `${plan.name}: ${found.word}`, by: keeper, asked: { q: found.word }, total: found.messages, within: [conversation] }, planted]
  })
