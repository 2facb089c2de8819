import { createHash } from 'node:crypto'
import type { SearchIndex } from '../../../events/search/index-port.js'
import type { TableComparison } from '../../../projections/ports.js'

type Documents = ReturnType<SearchIndex['documents']>
type Entry = Documents extends AsyncIterable<infer A> ? A : never

/** Everything of a document and its version; tokens have no order. */
const digestOf = ({ document: { conversation, sequence, messageId, sender, sentAt, indexed }, version }: Entry): string =>
  createHash('sha256')
    .update(JSON.stringify([conversation, sequence, messageId, sender, sentAt, version, indexed.mode, indexed.mode === 'words' ? indexed.words : indexed.tokens.toSorted()]))
    .digest('base64')

/** Two indexes document by document; holds a digest of each in memory. */
export const compareDocuments = async (live: Documents, rebuilt: Documents): Promise<Omit<TableComparison, 'projection' | 'table'>> => {
  const only = new Set<string>()
  for await (const entry of live) only.add(digestOf(entry))
  const liveRows = only.size
  let [rebuiltRows, onlyRebuilt] = [0, 0]
  for await (const entry of rebuilt) {
    rebuiltRows += 1
    if (!only.delete(digestOf(entry))) onlyRebuilt += 1
  }
  return { liveRows, rebuiltRows, onlyLive: only.size, onlyRebuilt }
}
