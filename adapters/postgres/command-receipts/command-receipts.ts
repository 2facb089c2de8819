import * as O from 'fp-ts/lib/Option.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type pg from 'pg'
import type { CommandReceipts } from '../../../command-side/ports.js'
import { parseStream } from '../../../events/streams.js'
import { commandReceiptsModel } from '../../../projections/command-receipts/writes.js'
import { NOTHING_PROJECTED } from '../../message-facts.js'
import { liveSchema } from '../read-model.js'
import { answering, preparedRows } from '../read-model-query.js'

const schema = liveSchema(commandReceiptsModel)

const receipt = preparedRows<readonly [head: number | null, first: number | null, last: number | null]>('command_receipts.find', `
  SELECT h.revision, r.first, r.last
  FROM (SELECT) AS one
  LEFT JOIN ${schema}.heads h ON h.conversation = $1::uuid
  LEFT JOIN ${schema}.receipts r ON r.conversation = $1::uuid AND r.device = $2::uuid AND r.counter = $3::bigint`)

/** Receipts of numbered commands by one statement; of other streams than conversations nothing is known. */
export const postgresCommandReceipts = (pool: pg.Pool): CommandReceipts => ({
  find: (stream, device, counter) => {
    const about = parseStream(stream)
    if (O.isNone(about) || about.value.category !== 'conversation') return TE.right({ atRevision: NOTHING_PROJECTED, first: O.none, last: O.none })
    return answering(async () => {
      const [row] = await receipt(pool, [about.value.id, device, counter])
      return { atRevision: row?.[0] ?? NOTHING_PROJECTED, first: O.fromNullable(row?.[1]), last: O.fromNullable(row?.[2]) }
    })
  },
})
