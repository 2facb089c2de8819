import * as TE from 'fp-ts/lib/TaskEither.js'
import type pg from 'pg'
import type { IndexChange, IndexRebuild, SearchDocument, SearchIndex, SearchUnavailable } from '../../../events/search/index-port.js'
import type { SearchWrite } from '../../../projections/search/writes.js'
import { inTransaction } from '../pool.js'
import { dropRebuilt, dropReplaced, takePlace } from '../projections/swap.js'
import { indexesOf, liveTarget, rebuiltTarget, tablesOf, untyped } from '../projections/target.js'
import { postgresSearchModel } from './model.js'
import { searching } from './search.js'

const RETRY_AFTER_MS = 500
const DOCUMENTS_AT_ONCE = 1_000

interface DocumentRow {
  readonly conversation: string
  readonly sequence: number
  readonly version: number
  readonly message_id: string
  readonly sender: string
  readonly sent_at: string
  readonly words: string | null
  readonly tokens: ReadonlyArray<string> | null
}

const orUnavailable = <A>(work: () => Promise<A>): TE.TaskEither<SearchUnavailable, A> =>
  TE.tryCatch(work, (error) => ({ _tag: 'SearchUnavailable', retryAfterMs: RETRY_AFTER_MS, reason: error instanceof Error ? error.message : String(error) }))

const writeOf = (change: IndexChange): SearchWrite => {
  if (change.op === 'put') return change
  const { conversation, sequence } = change.place
  return { op: 'remove', version: change.version, conversation, sequence }
}

const documentOf = ({ conversation, sequence, message_id, sender, sent_at, words, tokens }: DocumentRow): SearchDocument => ({
  conversation, sequence, messageId: message_id, sender, sentAt: Number(sent_at),
  indexed: tokens === null ? { mode: 'words', words: (words ?? '').split(' ').filter((word) => word !== '') } : { mode: 'tokens', tokens },
})

const documentsIn = async function* (pool: pg.Pool, schema: string) {
  let after: Pick<DocumentRow, 'conversation' | 'sequence'> | undefined = { conversation: '00000000-0000-0000-0000-000000000000', sequence: -1 }
  while (after !== undefined) {
    const { rows }: pg.QueryResult<DocumentRow> = await pool.query(
      `SELECT conversation, sequence, version, message_id, sender, sent_at, words, tokens FROM ${schema}.messages
        WHERE (conversation, sequence) > ($1::uuid, $2::integer) AND message_id IS NOT NULL ORDER BY conversation, sequence LIMIT ${DOCUMENTS_AT_ONCE}`,
      [after.conversation, after.sequence])
    for (const row of rows) yield { document: documentOf(row), version: row.version }
    after = rows.at(-1)
  }
}

/**
 * The index in the tables of the projection `search`, which writes them in the transaction of its checkpoint; what was
 * applied is found at once. Needs the read model live. Full text by GIN over our own words, no extension.
 */
export const postgresSearchIndex = (pool: pg.Pool): SearchIndex => {
  const [model] = untyped([postgresSearchModel])
  if (model === undefined) throw new Error('no read model of search')
  const [live, rebuilt] = [liveTarget(model), rebuiltTarget(model)]
  const beside = { rebuilt, liveSchema: live.schema }
  const applying = (schema: string): SearchIndex['apply'] => (changes) =>
    orUnavailable(() => inTransaction(pool, (client) => postgresSearchModel.apply(client, schema, changes.map(writeOf))))
  const rebuild: IndexRebuild = {
    apply: applying(rebuilt.schema),
    documents: () => documentsIn(pool, rebuilt.schema),
    swap: () => orUnavailable(() => inTransaction(pool, async (client) => {
      await takePlace(client, beside)
      await dropReplaced(client, beside)
    })),
    abandon: async () => { await orUnavailable(() => inTransaction(pool, (client) => dropRebuilt(client, beside)))() },
  }
  return {
    apply: applying(live.schema),
    search: (query) => orUnavailable(() => searching(pool, live.schema)(query)),
    refresh: () => TE.right(undefined),
    documents: () => documentsIn(pool, live.schema),
    startRebuild: () => orUnavailable(() => inTransaction(pool, async (client) => {
      await dropRebuilt(client, beside)
      await client.query(`${tablesOf(rebuilt)}; ${indexesOf(rebuilt)}`)
      return rebuild
    })),
  }
}
