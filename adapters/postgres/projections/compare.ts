import type pg from 'pg'
import type { TableComparison } from '../../../projections/ports.js'
import type { Target } from './target.js'

interface Counts {
  readonly live: string
  readonly rebuilt: string
  readonly only_live: string
  readonly only_rebuilt: string
}

const comparison = (live: string, rebuilt: string): string => `SELECT
  (SELECT count(*) FROM ${live}) AS live, (SELECT count(*) FROM ${rebuilt}) AS rebuilt,
  (SELECT count(*) FROM (TABLE ${live} EXCEPT ALL TABLE ${rebuilt}) l) AS only_live,
  (SELECT count(*) FROM (TABLE ${rebuilt} EXCEPT ALL TABLE ${live}) r) AS only_rebuilt`

/** Every table of the two schemas, row by row. */
export const compareTables = async (client: pg.ClientBase, live: string, rebuilt: Target): Promise<ReadonlyArray<TableComparison>> => {
  const comparisons: TableComparison[] = []
  for (const table of rebuilt.model.tables) {
    const { rows } = await client.query<Counts>(comparison(`${live}.${table}`, `${rebuilt.schema}.${table}`))
    comparisons.push({
      projection: rebuilt.model.name,
      table,
      liveRows: Number(rows[0]?.live),
      rebuiltRows: Number(rows[0]?.rebuilt),
      onlyLive: Number(rows[0]?.only_live),
      onlyRebuilt: Number(rows[0]?.only_rebuilt),
    })
  }
  return comparisons
}

export const isEqual = ({ onlyLive, onlyRebuilt }: TableComparison): boolean => onlyLive === 0 && onlyRebuilt === 0
