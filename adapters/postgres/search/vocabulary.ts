import type pg from 'pg'
import { isMeant, toleratedEdits } from '../../../events/search/typos.js'
import type { SearchWrite } from '../../../projections/search/writes.js'
import { integerArray } from '../binary-array.js'
import { preparedRows } from '../read-model-query.js'
import { run } from '../read-model-statement.js'
import { exactly } from './lexemes.js'
import { placesOf } from './places.js'

// The words of all messages, for finding what a misspelt one stands for. A word whose last message is deleted or reworded goes
// with it: forgetting reaches here too.

const wordsThere = (direction: string): string => `
  SELECT DISTINCT word COLLATE "C" FROM unnest($1::uuid[], $2::integer[]) AS p (conversation, sequence)
  JOIN :schema.messages m USING (conversation, sequence), unnest(tsvector_to_array(m.lexemes)) AS word ${direction}`

/** In one order for everybody, so that nobody waits for each other. */
const addWords = { name: 'search.add-words', text: `INSERT INTO :schema.words (word) ${wordsThere('ORDER BY 1')} ON CONFLICT DO NOTHING` }

const dropUnused = {
  name: 'search.drop-words',
  text: `
    DELETE FROM :schema.words v USING unnest($1::text[], $2::text[]) AS w (word, query)
    WHERE v.word = w.word AND NOT EXISTS (SELECT FROM :schema.messages m WHERE m.lexemes @@ w.query::tsquery)`,
}

const lock = (mode: '' | '_shared'): string => `SELECT pg_advisory_xact_lock${mode}(hashtextextended($1, 0))`

const mayReplace = (write: SearchWrite): boolean => write.op !== 'put' || write.version > write.document.sequence

/**
 * Does the work and lets the vocabulary follow, inside the caller's transaction. Writers that only add words go side by
 * side; one that may drop some has the vocabulary to itself, so that no word is dropped while a message with it arrives.
 */
export const keepingVocabulary = async (client: pg.ClientBase, schema: string, writes: ReadonlyArray<SearchWrite>, work: () => Promise<void>): Promise<void> => {
  if (writes.length === 0) return
  const replacing = writes.filter(mayReplace)
  await client.query(lock(replacing.length > 0 ? '' : '_shared'), [schema])
  const { rows } = replacing.length === 0 ? { rows: [] } : await client.query<{ word: string }>(wordsThere('').replaceAll(':schema', schema), [...placesOf(replacing)])
  await work()
  await run(client, schema, addWords, placesOf(writes))
  const before = rows.map(({ word }) => word).sort()
  if (before.length > 0) await run(client, schema, dropUnused, [before, before.map(exactly)])
}

/** Words that a misspelt one may stand for, by that word. No message beyond the asker's is told of: the words only widen its own search. */
export const meantWords = (schema: string) => {
  const alike = preparedRows<readonly [asked: string, word: string]>(`${schema}.alike`, `
    SELECT a.asked, w.word FROM unnest($1::text[], $2::integer[]) AS a (asked, edits)
    JOIN ${schema}.words w ON w.initial = left(a.asked, 1) AND w.characters BETWEEN char_length(a.asked) - a.edits AND char_length(a.asked) + a.edits`)
  return async (client: pg.Pool, asked: ReadonlyArray<string>): Promise<ReadonlyMap<string, ReadonlyArray<string>>> => {
    const tolerant = [...new Set(asked)].filter((word) => toleratedEdits(word) > 0)
    const rows = tolerant.length === 0 ? [] : await alike(client, [tolerant, integerArray(tolerant.map(toleratedEdits))])
    const meant = rows.filter(([one, word]) => one !== word && isMeant(one, word))
    return new Map(tolerant.map((one) => [one, meant.flatMap(([for_, word]) => (for_ === one ? [word] : []))]))
  }
}
