import type { Client, estypes } from '@elastic/elasticsearch'
import { createHash } from 'node:crypto'
import { searchLimits, type SearchHit, type SearchHits, type SearchOrder, type SearchPosition, type SearchQuery } from '../../events/search/index-port.js'
import { conditionOf } from './conditions.js'
import type { StoredDocument } from './documents.js'
import { Incomplete } from './failures.js'
import { membershipConditions } from './membership.js'

/** A shard that takes longer makes the whole search fail: half an answer would look like a whole one. */
const SHARD_TIMEOUT = '3s'

const recency: ReadonlyArray<estypes.SortCombinations> = [{ sentAt: 'desc' }, { conversation: 'desc' }, { sequence: 'desc' }]
const orders: Readonly<Record<SearchOrder, ReadonlyArray<estypes.SortCombinations>>> = {
  relevance: [{ _score: { order: 'desc' } }, ...recency], recency, sender: [{ sender: 'asc' }, ...recency],
}

const sortValues = (order: SearchOrder, { score, sender, sentAt, conversation, sequence }: SearchPosition): Array<string | number> => {
  const last = [sentAt, conversation, sequence]
  switch (order) {
    case 'relevance':
      return [score, ...last]
    case 'recency':
      return last
    case 'sender':
      return [sender, ...last]
  }
}

/** Pages of one search go to the same copies of the shards, which have refreshed at the same moments. In hexadecimal: `_` at the beginning is an order. */
const preferenceOf = ({ clauses, tokens, senders, conversations }: SearchQuery): string =>
  createHash('sha256').update(JSON.stringify([clauses, tokens, senders, conversations])).digest('hex')

const bodyOf = (query: SearchQuery, membership: estypes.QueryDslQueryContainer) => ({
  query: conditionOf(query, membership),
  sort: [...orders[query.order]],
  size: query.limit + 1,
  track_total_hits: searchLimits.countedHits,
  timeout: SHARD_TIMEOUT,
  _source: ['conversation', 'sequence', 'sentAt', 'messageId', 'sender'],
  ...(query.after === undefined ? {} : { search_after: sortValues(query.order, query.after) }),
})

const hitOf = ({ _score: score, _source: source }: estypes.SearchHit<StoredDocument>): ReadonlyArray<SearchHit> => {
  if (source === undefined) return []
  const { conversation, sequence, sentAt, messageId, sender } = source
  return [{ conversation, sequence, sentAt, messageId, sender, score: score ?? 0 }]
}

const countOf = (total: estypes.SearchHitsMetadata['total']): number => (typeof total === 'object' ? total.value : (total ?? 0))

const comparing = (order: SearchOrder) => (one: SearchHit, other: SearchHit): number => {
  const [mine, theirs] = [sortValues(order, one), sortValues(order, other)]
  for (const [at, value] of mine.entries()) {
    const against = theirs[at] ?? value
    const ascending = order === 'sender' && at === 0
    if (value !== against) return (value < against) === ascending ? -1 : 1
  }
  return 0
}

/** One request, whatever the number of conversations. Rejects when a shard did not answer whole and in time. */
export const searchMessages = async (client: Client, index: string, query: SearchQuery): Promise<SearchHits> => {
  const memberships = membershipConditions(query)
  if (memberships.length === 0) return { hits: [], total: 0, more: false }
  const header = { index, ignore_unavailable: true, allow_partial_search_results: false, preference: preferenceOf(query) }
  const searches = memberships.flatMap((membership) => [header, bodyOf(query, membership)])
  const { responses } = await client.msearch<StoredDocument>({ searches })
  const answers = responses.map((answer) => {
    if ('error' in answer) throw new Incomplete(`${answer.status}: ${answer.error.type}`)
    if (answer.timed_out) throw new Incomplete('a shard did not answer in time')
    return { hits: answer.hits.hits.flatMap(hitOf), total: countOf(answer.hits.total) }
  })
  const hits = answers.flatMap((answer) => answer.hits).sort(comparing(query.order))
  const total = answers.reduce((sum, answer) => sum + answer.total, 0)
  return { hits: hits.slice(0, query.limit), total: Math.min(total, searchLimits.countedHits), more: hits.length > query.limit }
}
