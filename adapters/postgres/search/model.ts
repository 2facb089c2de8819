import { readFileSync } from 'node:fs'
import type pg from 'pg'
import type { Indexed } from '../../../events/search/index-port.js'
import type { SearchWrite } from '../../../projections/search/writes.js'
import { searchModel } from '../../../projections/search/writes.js'
import { inWaves } from '../../in-waves.js'
import { uuidArray } from '../binary-array.js'
import { only } from '../only.js'
import type { PostgresReadModel } from '../read-model.js'
import { run } from '../read-model-statement.js'
import { lexemesOf, spaced } from './lexemes.js'
import { placeOf, versionedPlacesOf } from './places.js'
import { keepingVocabulary } from './vocabulary.js'

const put = {
  name: 'search.put',
  text: `
    INSERT INTO :schema.messages AS m (conversation, sequence, version, message_id, sender, sent_at, words, lexemes, tokens)
    SELECT conversation, sequence, version, message_id, sender, sent_at, words, lexemes::tsvector, string_to_array(tokens, ' ')
    FROM unnest($1::uuid[], $2::integer[], $3::integer[], $4::uuid[], $5::uuid[], $6::bigint[], $7::text[], $8::text[], $9::text[])
      AS w (conversation, sequence, version, message_id, sender, sent_at, words, lexemes, tokens)
    ON CONFLICT (conversation, sequence) DO UPDATE SET version = excluded.version, message_id = excluded.message_id, sender = excluded.sender,
      sent_at = excluded.sent_at, words = excluded.words, lexemes = excluded.lexemes, tokens = excluded.tokens
    WHERE m.version < excluded.version`,
}

const reword = {
  name: 'search.reword',
  text: `
    UPDATE :schema.messages m SET version = w.version, words = w.words, lexemes = w.lexemes::tsvector, tokens = string_to_array(w.tokens, ' ')
    FROM unnest($1::uuid[], $2::integer[], $3::integer[], $4::text[], $5::text[], $6::text[]) AS w (conversation, sequence, version, words, lexemes, tokens)
    WHERE m.conversation = w.conversation AND m.sequence = w.sequence AND m.version < w.version AND m.message_id IS NOT NULL`,
}

const remove = {
  name: 'search.remove',
  text: `
    INSERT INTO :schema.messages AS m (conversation, sequence, version) SELECT * FROM unnest($1::uuid[], $2::integer[], $3::integer[])
    ON CONFLICT (conversation, sequence) DO UPDATE SET version = excluded.version, message_id = NULL, sender = NULL,
      sent_at = NULL, words = NULL, lexemes = NULL, tokens = NULL
    WHERE m.version < excluded.version OR (m.version = excluded.version AND m.message_id IS NOT NULL)`,
}

const contents = (indexed: ReadonlyArray<Indexed>): ReadonlyArray<ReadonlyArray<string | null>> => [
  indexed.map((one) => (one.mode === 'words' ? spaced(one.words) : null)),
  indexed.map((one) => (one.mode === 'words' ? lexemesOf(one.words) : null)),
  indexed.map((one) => (one.mode === 'tokens' ? one.tokens.join(' ') : null)),
]

/** Writes of distinct messages. */
const applyWave = async (client: pg.ClientBase, schema: string, wave: ReadonlyArray<SearchWrite>): Promise<void> => {
  const [puts, rewords, removes] = [only(wave, 'put'), only(wave, 'reword'), only(wave, 'remove')]
  const documents = puts.map(({ document }) => document)
  if (puts.length > 0) {
    await run(client, schema, put, [
      ...versionedPlacesOf(puts), uuidArray(documents.map(({ messageId }) => messageId)), uuidArray(documents.map(({ sender }) => sender)),
      documents.map(({ sentAt }) => sentAt), ...contents(documents.map(({ indexed }) => indexed)),
    ])
  }
  if (rewords.length > 0) await run(client, schema, reword, [...versionedPlacesOf(rewords), ...contents(rewords.map(({ indexed }) => indexed))])
  if (removes.length > 0) await run(client, schema, remove, versionedPlacesOf(removes))
}

const applyMessages = async (client: pg.ClientBase, schema: string, writes: ReadonlyArray<SearchWrite>): Promise<void> => {
  for (const wave of inWaves(writes, (write) => `${placeOf(write).conversation} ${placeOf(write).sequence}`)) await applyWave(client, schema, wave)
}

export const postgresSearchModel: PostgresReadModel<SearchWrite> = {
  ...searchModel,
  ddl: readFileSync(new URL('tables.sql', import.meta.url), 'utf8'),
  indexes: readFileSync(new URL('indexes.sql', import.meta.url), 'utf8'),
  tables: ['messages', 'words'],
  // The lexemes are made of the words.
  compared: { messages: ['conversation', 'sequence', 'version', 'message_id', 'sender', 'sent_at', 'words', 'tokens'] },
  apply: (client, schema, writes) => keepingVocabulary(client, schema, writes, () => applyMessages(client, schema, writes)),
  fill: applyMessages,
}
