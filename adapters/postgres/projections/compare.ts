import type pg from 'pg'
import type { TableComparison } from '../../../projections/ports.js'
import type { Target } from './target.js'

interface Fingerprint {
  readonly rows: string
  readonly one: string | null
  readonly other: string | null
}

/** What two tables with the same rows have in common, whatever their order: sums of two 64-bit hashes of every row. */
const fingerprintOf = async (client: pg.ClientBase, rowsOf: string): Promise<Fingerprint> => {
  const { rows } = await client.query<Fingerprint>(
    `SELECT count(*) AS rows, sum(hash_record_extended(t, 0)) AS one, sum(hash_record_extended(t, 1)) AS other FROM ${rowsOf} t`)
  return rows[0] ?? { rows: '0', one: null, other: null }
}

const onlyIn = async (client: pg.ClientBase, these: string, others: string): Promise<number> => {
  const { rows } = await client.query<{ only: string }>(`SELECT count(*) AS only FROM (SELECT * FROM ${these} t EXCEPT ALL SELECT * FROM ${others} t) o`)
  return Number(rows[0]?.only)
}

/** Every table of the two schemas, by its rows' hashes (once through each); where these differ, row by row. */
export const compareTables = async (client: pg.ClientBase, liveSchema: string, { model, schema }: Target): Promise<ReadonlyArray<TableComparison>> => {
  const comparisons: TableComparison[] = []
  for (const table of model.tables) {
    const columns = model.compared?.[table]?.join(', ') ?? '*'
    const rowsIn = (of: string): string => `(SELECT ${columns} FROM ${of}.${table} t WHERE ${model.lasting?.[table]?.replaceAll(':schema', of) ?? 'true'})`
    const [live, rebuilt] = [rowsIn(liveSchema), rowsIn(schema)]
    const [ofLive, ofRebuilt] = [await fingerprintOf(client, live), await fingerprintOf(client, rebuilt)]
    const same = ofLive.rows === ofRebuilt.rows && ofLive.one === ofRebuilt.one && ofLive.other === ofRebuilt.other
    comparisons.push({
      projection: model.name,
      table,
      liveRows: Number(ofLive.rows),
      rebuiltRows: Number(ofRebuilt.rows),
      onlyLive: same ? 0 : await onlyIn(client, live, rebuilt),
      onlyRebuilt: same ? 0 : await onlyIn(client, rebuilt, live),
    })
  }
  return comparisons
}

export const isEqual = ({ onlyLive, onlyRebuilt }: TableComparison): boolean => onlyLive === 0 && onlyRebuilt === 0
