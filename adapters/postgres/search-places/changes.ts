import type pg from 'pg'
import type { IndexChange, MessagePlace } from '../../../events/search/index-port.js'
import type { SearchWrite } from '../../../projections/search/writes.js'
import { inWaves } from '../../in-waves.js'
import { uuidArray } from '../binary-array.js'
import { only } from '../only.js'
import { rowsOf, type ReadModelStatement } from '../read-model-statement.js'
import { placeOf, versionedPlacesOf } from '../search/places.js'

interface Moved {
  readonly conversation: string
  readonly sequence: number
  readonly sent_at: string | null
  readonly message_id: string | null
  readonly sender: string | null
}

const moved = 'RETURNING m.conversation, m.sequence, m.sent_at, m.message_id, m.sender'

const put = {
  name: 'search-places.put',
  text: `
    INSERT INTO :schema.messages AS m (conversation, sequence, version, message_id, sender, sent_at)
    SELECT * FROM unnest($1::uuid[], $2::integer[], $3::integer[], $4::uuid[], $5::uuid[], $6::bigint[])
    ON CONFLICT (conversation, sequence) DO UPDATE SET version = excluded.version, message_id = excluded.message_id, sender = excluded.sender, sent_at = excluded.sent_at
    WHERE m.version < excluded.version ${moved}`,
}

const reword = {
  name: 'search-places.reword',
  text: `
    UPDATE :schema.messages m SET version = w.version FROM unnest($1::uuid[], $2::integer[], $3::integer[]) AS w (conversation, sequence, version)
    WHERE m.conversation = w.conversation AND m.sequence = w.sequence AND m.version < w.version AND m.message_id IS NOT NULL ${moved}`,
}

const remove = {
  name: 'search-places.remove',
  // What is read here is as it was before.
  text: `
    WITH w AS (SELECT * FROM unnest($1::uuid[], $2::integer[], $3::integer[], $4::bigint[]) AS w (conversation, sequence, version, sent_at)),
    before AS (SELECT m.conversation, m.sequence, m.sent_at FROM w JOIN :schema.messages m USING (conversation, sequence)),
    moved AS (
      INSERT INTO :schema.messages AS m (conversation, sequence, version, sent_at) SELECT * FROM w
      ON CONFLICT (conversation, sequence) DO UPDATE SET version = excluded.version, message_id = NULL, sender = NULL, sent_at = excluded.sent_at
      WHERE m.version < excluded.version OR (m.version = excluded.version AND m.message_id IS NOT NULL) RETURNING m.conversation, m.sequence
    )
    SELECT conversation, sequence, coalesce(w.sent_at, before.sent_at) AS sent_at, NULL AS message_id, NULL AS sender
    FROM moved JOIN w USING (conversation, sequence) LEFT JOIN before USING (conversation, sequence)`,
}

const keyOf = ({ conversation, sequence }: { readonly conversation: string; readonly sequence: number }): string => `${conversation} ${sequence}`

/** What a write changes in the index, given what is known of its message by now; nothing where that is not known. */
const changeOf = (write: SearchWrite, { sent_at, message_id, sender }: Moved): ReadonlyArray<IndexChange> => {
  if (write.op === 'put') return [write]
  if (sent_at === null) return []
  const { conversation, sequence, version } = write
  const place: MessagePlace = { conversation, sequence, sentAt: Number(sent_at) }
  if (write.op === 'remove') return [{ op: 'remove', version, place }]
  return message_id === null || sender === null ? [] : [{ op: 'put', version, document: { ...place, messageId: message_id, sender, indexed: write.indexed } }]
}

/** Of distinct messages; those that are older than what stands move nothing. */
const moveWave = async (client: pg.ClientBase, schema: string, wave: ReadonlyArray<SearchWrite>): Promise<ReadonlyArray<IndexChange>> => {
  const [puts, rewords, removes] = [only(wave, 'put'), only(wave, 'reword'), only(wave, 'remove')]
  const ask = (statement: ReadModelStatement, values: ReadonlyArray<unknown>) => rowsOf<Moved>(client, schema, statement, values)
  const documents = puts.map(({ document }) => document)
  const rows: ReadonlyArray<Moved> = [
    ...(puts.length === 0 ? [] : await ask(put, [
      ...versionedPlacesOf(puts), uuidArray(documents.map(({ messageId }) => messageId)), uuidArray(documents.map(({ sender }) => sender)), documents.map(({ sentAt }) => sentAt),
    ])),
    ...(rewords.length === 0 ? [] : await ask(reword, versionedPlacesOf(rewords))),
    ...(removes.length === 0 ? [] : await ask(remove, [...versionedPlacesOf(removes), removes.map(({ sentAt }) => sentAt ?? null)])),
  ]
  const known = new Map(rows.map((row) => [keyOf(row), row]))
  return wave.flatMap((write) => {
    const row = known.get(keyOf(placeOf(write)))
    return row === undefined ? [] : changeOf(write, row)
  })
}

/** Moves the places on and answers what the index has to be told, in order. */
export const movePlaces = async (client: pg.ClientBase, schema: string, writes: ReadonlyArray<SearchWrite>): Promise<ReadonlyArray<IndexChange>> => {
  const changes: IndexChange[] = []
  for (const wave of inWaves(writes, (write) => keyOf(placeOf(write)))) changes.push(...(await moveWave(client, schema, wave)))
  return changes
}
