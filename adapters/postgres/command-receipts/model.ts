import { readFileSync } from 'node:fs'
import type { CommandReceiptsWrite } from '../../../projections/command-receipts/writes.js'
import { commandReceiptsModel } from '../../../projections/command-receipts/writes.js'
import { arrayOf } from '../array-literal.js'
import { integerArray, uuidArray } from '../binary-array.js'
import { allInTransaction } from '../pool.js'
import type { PostgresReadModel } from '../read-model.js'
import { run } from '../read-model-statement.js'

interface Receipt {
  readonly conversation: string
  readonly device: string
  readonly counter: number
  readonly first: number
  readonly last: number
}

const upsertReceipts = {
  name: 'receipts',
  text: `
    INSERT INTO :schema.receipts AS r (conversation, device, counter, first, last)
    SELECT unnest($1::uuid[]), unnest($2::uuid[]), unnest($3::bigint[]), unnest($4::integer[]), unnest($5::integer[])
    ON CONFLICT (conversation, device, counter) DO UPDATE SET first = least(r.first, excluded.first), last = greatest(r.last, excluded.last)
    WHERE r.first > excluded.first OR r.last < excluded.last`,
}

const upsertHeads = {
  name: 'heads',
  text: `
    INSERT INTO :schema.heads AS h (conversation, revision) SELECT * FROM unnest($1::uuid[], $2::integer[])
    ON CONFLICT (conversation) DO UPDATE SET revision = excluded.revision WHERE h.revision < excluded.revision`,
}

/** One row a command: its events follow one another. */
const receiptsOf = (writes: ReadonlyArray<CommandReceiptsWrite>): ReadonlyArray<Receipt> => {
  const receipts = new Map<string, Receipt>()
  for (const { conversation, revision, command } of writes) {
    if (command === undefined) continue
    const key = `${conversation} ${command.device} ${command.counter}`
    receipts.set(key, { conversation, ...command, first: receipts.get(key)?.first ?? revision, last: revision })
  }
  return [...receipts.values()]
}

const receiptParameters = (receipts: ReadonlyArray<Receipt>): ReadonlyArray<unknown> => [
  uuidArray(receipts.map(({ conversation }) => conversation)),
  uuidArray(receipts.map(({ device }) => device)),
  arrayOf(receipts.map(({ counter }) => counter)),
  integerArray(receipts.map(({ first }) => first)),
  integerArray(receipts.map(({ last }) => last)),
]

export const postgresCommandReceiptsModel: PostgresReadModel<CommandReceiptsWrite> = {
  ...commandReceiptsModel,
  ddl: readFileSync(new URL('tables.sql', import.meta.url), 'utf8'),
  tables: ['receipts', 'heads'],
  apply: (client, schema, writes) => {
    const [receipts, heads] = [receiptsOf(writes), new Map(writes.map(({ conversation, revision }) => [conversation, revision]))]
    return allInTransaction([
      ...(receipts.length > 0 ? [run(client, schema, upsertReceipts, receiptParameters(receipts))] : []),
      ...(heads.size > 0 ? [run(client, schema, upsertHeads, [arrayOf([...heads.keys()]), arrayOf([...heads.values()])])] : []),
    ])
  },
}
