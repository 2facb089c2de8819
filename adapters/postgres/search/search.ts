import { createHash } from 'node:crypto'
import type pg from 'pg'
import type { SearchHits, SearchQuery } from '../../../events/search/index-port.js'
import { searchLimits } from '../../../events/search/index-port.js'
import type { Visible } from '../../../events/visibility.js'
import { uuidArray } from '../binary-array.js'
import { matching, ranking, spaced } from './lexemes.js'
import { meantWords } from './vocabulary.js'

/** Collects the parameters of a statement: everything that comes from outside goes in here. */
const parameters = () => {
  const values: unknown[] = []
  return { values, add: (value: unknown, type: string): string => `$${values.push(value)}::${type}` }
}

/** Statements by keys of so many clauses are prepared: their plan is the same whatever the words are, and they are some hundred at most. */
const PREPARED_CLAUSES = 3

/** Above these, looking up each word in each conversation costs more than finding the word in all. */
const KEYS_AT_ONCE = 2_000

type Add = ReturnType<typeof parameters>['add']
type Meant = (word: string) => ReadonlyArray<string>

const rangesOf = (visible: ReadonlyArray<Visible>): string => `{${visible.map(({ from, to }) => `[${from},${to === undefined ? ')' : `${to}]`}`).join(',')}}`

const matchesWords = ({ clauses }: SearchQuery, meant: Meant, add: Add): ReadonlyArray<string> => {
  if (clauses.length === 0) return []
  const phrases = clauses.flatMap((clause) => (clause._tag === 'Phrase' ? [`strpos(m.words, ${add(spaced(clause.words), 'text')}) > 0`] : []))
  return [[`m.lexemes @@ ${add(matching(clauses, meant), 'tsquery')}`, ...phrases].join(' AND ')]
}

const matchesTokens = ({ tokens }: SearchQuery, add: Add): ReadonlyArray<string> =>
  tokens === undefined ? [] : [`m.tokens ${tokens.match === 'all' ? '@>' : '&&'} ${add(tokens.tokens, 'text[]')}${tokens.tokens.length === 0 ? ' AND false' : ''}`]

const anyOf = (conditions: ReadonlyArray<string>): ReadonlyArray<string> => (conditions.length === 0 ? [] : [`(${conditions.map((one) => `(${one})`).join(' OR ')})`])

const conditions = (query: SearchQuery, meant: Meant, add: Add): string => {
  const { senders, conversations, from, to } = query
  const either = [...matchesWords(query, meant, add), ...matchesTokens(query, add)]
  return [
    'm.visible @> m.sequence', 'm.visible @> m.version', 'm.message_id IS NOT NULL',
    ...anyOf(either),
    ...(senders === undefined ? [] : [`m.sender = ANY(${add(uuidArray(senders), 'uuid[]')})`]),
    ...(conversations === undefined ? [] : [`m.conversation = ANY(${add(uuidArray(conversations), 'uuid[]')})`]),
    ...(from === undefined ? [] : [`m.sent_at >= ${add(from, 'bigint')}`]),
    ...(to === undefined ? [] : [`m.sent_at <= ${add(to, 'bigint')}`]),
  ].join(' AND ')
}

/** By what was asked and the message alone: words that are meant count nothing, for ts_rank divides by their number, which others' messages change. */
const scoreOf = ({ clauses, tokens }: SearchQuery, add: Add): string => {
  const words = clauses.length === 0 ? [] : [`coalesce(ts_rank(m.lexemes, ${add(ranking(clauses), 'tsquery')}, 1), 0)`]
  const found = tokens === undefined || tokens.tokens.length === 0 ? []
    : [`coalesce((SELECT count(*) FROM unnest(m.tokens) t WHERE t = ANY(${add(tokens.tokens, 'text[]')})), 0)::float8 / ${tokens.tokens.length}`]
  return ['0', ...words, ...found].join(' + ')
}

const orders = {
  recency: 'sent_at DESC, conversation DESC, sequence DESC',
  sender: 'sender, sent_at DESC, conversation DESC, sequence DESC',
  relevance: 'score DESC, sent_at DESC, conversation DESC, sequence DESC',
} as const

const behind = ({ after, order }: SearchQuery, add: Add): string => {
  if (after === undefined) return 'true'
  const older = `(sent_at, conversation, sequence) < (${add(after.sentAt, 'bigint')}, ${add(after.conversation, 'uuid')}, ${add(after.sequence, 'integer')})`
  if (order === 'recency') return older
  const [column, value, side] = order === 'sender' ? ['sender', add(after.sender, 'uuid'), '>'] : ['score', add(after.score, 'float8'), '<']
  return `(${column} ${side} ${value} OR (${column} = ${value} AND ${older}))`
}

/** As `keys_of` in tables.sql makes them: a function called for each conversation takes ten times as long. */
const keyOf = (conversation: string, word: string): string => `(uuid_hash(${conversation})::bigint << 32) | (hashtext(${word} COLLATE "C")::bigint & 4294967295)`

/** What a message must have one word of, by clause; beginnings say no word. */
const choicesOf = ({ clauses }: SearchQuery, meant: Meant): ReadonlyArray<ReadonlyArray<string>> =>
  clauses.flatMap((clause) => {
    switch (clause._tag) {
      case 'Word': return [[clause.word, ...meant(clause.word)]]
      case 'Phrase': return clause.words.map((word) => [word])
      case 'Prefix': return []
    }
  })

/** Words that are looked up in the conversations, as far as they are few: first those that are rare by their looks. */
const lookedUp = (query: SearchQuery, conversations: number, meant: Meant): ReadonlyArray<ReadonlyArray<string>> => {
  const rarest = [...choicesOf(query, meant)].sort((one, other) => one.length - other.length || (other[0]?.length ?? 0) - (one[0]?.length ?? 0))
  let keys = 0
  return rarest.filter((choice) => (keys += choice.length * conversations) <= KEYS_AT_ONCE)
}

interface Among {
  readonly schema: string
  readonly conversations: string
  readonly count: number
}

/**
 * Where messages are looked for: by the keys of the asker's own conversations, or by these conversations and what is asked as the planner
 * thinks best. Apart from the other conditions, as is the join behind it: the planner takes keys for common, and would do the rest
 * once for each conversation.
 */
const sourceOf = (query: SearchQuery, { schema, conversations, count }: Among, meant: Meant, add: Add) => {
  const keys = lookedUp(query, count, meant).map((words) => `
    ${schema}.keys_of(conversation, tsvector_to_array(lexemes)) && ARRAY(SELECT ${keyOf('c', 'w')} FROM unnest(${conversations}) c, unnest(${add(words, 'text[]')}) w)`)
  const byKeys = keys.length > 0
  const sought = byKeys
    ? anyOf([keys.join(' AND '), ...matchesTokens(query, add)])
    : [`m.conversation = ANY(${conversations})`, ...anyOf([...matchesWords(query, meant, add), ...matchesTokens(query, add)])]
  return { byKeys, source: `(SELECT * FROM ${schema}.messages m WHERE ${sought.join(' AND ')} OFFSET 0)` }
}

interface Row {
  readonly total: string
  readonly conversation: string | null
  readonly sequence: number
  readonly sent_at: string
  readonly sender: string
  readonly message_id: string
  readonly score: number
}

const statementOf = (query: SearchQuery, schema: string, meant: Meant) => {
  const { add, values } = parameters()
  const allowed = query.conversations === undefined ? query.allowed : query.allowed.filter(({ conversation }) => query.conversations?.includes(conversation))
  const conversations = add(uuidArray(allowed.map(({ conversation }) => conversation)), 'uuid[]')
  const { byKeys, source } = sourceOf(query, { schema, conversations, count: allowed.length }, meant, add)
  const text = `
    WITH matching AS MATERIALIZED (
      SELECT m.conversation, m.sequence, m.sent_at, m.sender, m.message_id, (${scoreOf(query, add)})::float8 AS score
      FROM (
        SELECT m.*, a.visible FROM ${source} m
        JOIN unnest(${conversations}, ${add(allowed.map(({ visible }) => rangesOf(visible)), 'int4multirange[]')}) AS a (conversation, visible) USING (conversation)
        OFFSET 0) m
      WHERE ${conditions(query, meant, add)}
    ), page AS (SELECT * FROM matching WHERE ${behind(query, add)} ORDER BY ${orders[query.order]} LIMIT ${add(query.limit + 1, 'bigint')})
    SELECT t.total, page.* FROM (SELECT count(*) AS total FROM matching) t LEFT JOIN page ON true ORDER BY ${orders[query.order]}`
  return { ...(byKeys && query.clauses.length <= PREPARED_CLAUSES ? { name: createHash('sha256').update(text).digest('base64url') } : {}), text, values }
}

/** Searches by one statement, after one for the words that are meant by misspelt ones. */
export const searching = (pool: pg.Pool, schema: string) => {
  const meantIn = meantWords(schema)
  return async (query: SearchQuery): Promise<SearchHits> => {
    const asked = query.typos ? query.clauses.flatMap((clause) => (clause._tag === 'Word' ? [clause.word] : [])) : []
    const meant = await meantIn(pool, asked)
    const { rows } = await pool.query<Row>(statementOf(query, schema, (word) => meant.get(word) ?? []))
    const found = rows.flatMap(({ conversation, sequence, sent_at, sender, message_id, score }) =>
      (conversation === null ? [] : [{ conversation, sequence, sentAt: Number(sent_at), sender, messageId: message_id, score }]))
    return { hits: found.slice(0, query.limit), total: Math.min(Number(rows[0]?.total ?? 0), searchLimits.countedHits), more: found.length > query.limit }
  }
}
