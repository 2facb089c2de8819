import type pg from 'pg'
import type { Step } from '../../../projections/ports.js'
import type { WaitingLine } from '../../projection-store/waiting-line.js'
import { writesOf } from '../../projection-store/waiting-line.js'
import { mayBePoison, reasonOf } from './failures.js'
import type { Target } from './target.js'

type Apply = (client: pg.ClientBase, target: Target, line: WaitingLine, steps: ReadonlyArray<Step>) => Promise<void>

const atOnceBy = (writing: (target: Target) => Target['model']['apply']): Apply => async (client, target, line, steps) => {
  const due = line.admit(steps)
  if (due.length > 0) await writing(target)(client, target.schema, writesOf(due))
}

/** Applies what is due in one go; rejects with whatever failed, the transaction is then lost. */
export const applyAtOnce = atOnceBy(({ model }) => model.apply)

/** The same for tables without their indexes, that hold nothing of what is due. */
export const fillAtOnce = atOnceBy(({ model }) => model.fill ?? model.apply)

/**
 * Applies what is due and parks the streams whose events fail, found by halving; the transaction stays whole. Rejects when
 * the database itself fails.
 */
export const applyCarefully = async (client: pg.ClientBase, target: Target, line: WaitingLine, steps: ReadonlyArray<Step>): Promise<void> => {
  const due = line.admit(steps)
  const [first] = due
  if (first === undefined) return
  await client.query('SAVEPOINT due')
  try {
    await target.model.apply(client, target.schema, writesOf(due))
    await client.query('RELEASE SAVEPOINT due')
  } catch (error) {
    if (!mayBePoison(error)) throw error
    await client.query('ROLLBACK TO SAVEPOINT due; RELEASE SAVEPOINT due')
    if (due.length === 1) return line.park(first.event, reasonOf(error))
    const half = Math.ceil(due.length / 2)
    await applyCarefully(client, target, line, due.slice(0, half))
    await applyCarefully(client, target, line, due.slice(half))
  }
}
