import type pg from 'pg'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { StreamName } from '../../../events/event-store.js'
import type { ProjectionStore, Released, ReleaseError } from '../../../projections/ports.js'
import { waitingLine } from '../../projection-store/waiting-line.js'
import { inTransaction } from '../pool.js'
import { applyCarefully } from './apply-steps.js'
import { knownOf, lockParked, parkAgain, skip, unpark } from './dead-letters.js'
import { attempt, Refused } from './failures.js'
import type { Target } from './target.js'

type HeldBack = Parameters<ProjectionStore['release']>[3]

const releaseIn = async (client: pg.ClientBase, target: Target, stream: StreamName, because: string | undefined, heldBack: HeldBack): Promise<Released> => {
  const projection = target.model.name
  const parked = await lockParked(client, target, stream)
  if (parked === undefined) throw new Refused<ReleaseError>({ _tag: 'NotParked', projection, stream })
  if (because !== undefined) await skip(client, parked, because)
  const { skipped } = (await knownOf(client, [target], [stream]))(target)
  const line = waitingLine({ checkpoint: 'start', parked: new Map(), skipped })
  for await (const steps of heldBack(parked.revision, parked.through)) {
    await applyCarefully(client, target, line, steps)
    if (line.parked().has(stream)) break
  }
  if (!line.parked().has(stream)) {
    await unpark(client, target, stream)
    return { _tag: 'Released' }
  }
  await parkAgain(client, target, line)
  return { _tag: 'ParkedAgain', parked: (await lockParked(client, target, stream)) ?? parked }
}

/** Commits that meet the stream meanwhile wait for the lock of its row, and then find it released. */
export const releaseStream = (
  pool: pg.Pool, target: Target, stream: StreamName, because: string | undefined, heldBack: HeldBack,
): TaskEither<ReleaseError, Released> =>
  attempt<ReleaseError, Released>(() => inTransaction(pool, (client) => releaseIn(client, target, stream, because, heldBack)))
