import * as E from 'fp-ts/lib/Either.js'
import type pg from 'pg'
import { catchUpFeed } from '../../adapters/catch-up/feed.js'
import { memoryKeyStore } from '../../adapters/memory/key-store.js'
import { postgresEventStore } from '../../adapters/postgres/event-store/event-store.js'
import { dedicatedClient } from '../../adapters/postgres/pool.js'
import { ensureReadModels } from '../../adapters/postgres/projections/ensure-read-models.js'
import { postgresProjectionStore } from '../../adapters/postgres/projections/store.js'
import { liveSchema, type PostgresReadModel } from '../../adapters/postgres/read-model.js'
import { postgresReadModels } from '../../adapters/postgres/read-models.js'
import type { EventStore } from '../../events/event-store.js'
import { accountsProjection } from '../../projections/accounts/project.js'
import { audienceProjection } from '../../projections/audience/project.js'
import { commandReceiptsProjection } from '../../projections/command-receipts/project.js'
import { inboxProjection } from '../../projections/inbox/project.js'
import { rebuild, startProjector, type Projection, type ProjectionStore } from '../../projections/index.js'
import { membersProjection } from '../../projections/members/project.js'
import { notificationsProjection } from '../../projections/notifications/project.js'
import { readStatesProjection } from '../../projections/read-states/project.js'
import { storiesProjection } from '../../projections/stories/project.js'
import { timelineProjection } from '../../projections/timeline/project.js'
import { benchDatabase } from './database.js'

const partitions = 1
const noTimeout = 0

export const allProjections = [
  timelineProjection, membersProjection, inboxProjection, accountsProjection((handle) => handle), commandReceiptsProjection, readStatesProjection,
  audienceProjection, notificationsProjection, storiesProjection,
] as ReadonlyArray<Projection<unknown>>
export const timelineOnly = allProjections.slice(0, 1)

type Projections = ReadonlyArray<Projection<unknown>>

/** An embedded durable Postgres with a log, and read models that it projects into. */
export interface ProjectionWorld {
  readonly pool: pg.Pool
  /** A connection without time limits. */
  readonly client: pg.Client
  readonly timelineTable: () => string
  /** Projects the log from its beginning into new, empty read models until so many events are in; events a second. */
  readonly project: (projections: Projections, events: number) => Promise<number>
  /**
   * Rebuilds read models beside the live ones until they have taken their place; events a second. Against the live ones of the
   * same version every row is compared before, with those of an older version there is nothing to compare.
   */
  readonly rebuild: (projections: Projections, events: number, as: 'the same version' | 'a new version') => Promise<number>
  readonly close: () => Promise<void>
}

const modelsOf = (projections: Projections): ReadonlyArray<PostgresReadModel> =>
  (Object.values(postgresReadModels) as ReadonlyArray<PostgresReadModel>).flatMap((model) =>
    projections.filter(({ name }) => name === model.name).map(({ version }) => ({ ...model, version })))

const emptyReadModels = async (client: pg.Client, pool: pg.Pool, models: ReadonlyArray<PostgresReadModel>): Promise<ProjectionStore> => {
  const { rows } = await client.query<{ schema: string }>('SELECT DISTINCT read_model AS schema FROM projections.checkpoints')
  for (const { schema } of rows) await client.query(`DROP SCHEMA IF EXISTS ${schema} CASCADE`)
  await client.query('TRUNCATE projections.checkpoints, projections.dead_letters')
  await ensureReadModels(pool, models)
  return postgresProjectionStore({ pool, readModels: models })
}

const perSecond = (events: number, began: number): number => (events * 1_000) / (performance.now() - began)

const catchUp = (store: ProjectionStore, eventStore: EventStore, projections: Projections, events: number): Promise<number> =>
  new Promise((resolve, reject) => {
    let done = 0
    const began = performance.now()
    const projector = startProjector({
      feed: catchUpFeed({ eventStore, partitions }), group: 'bench', projections, store, keyStore: memoryKeyStore(),
      announcer: { announce: () => undefined }, announced: timelineProjection.name, onProblem: (problem) => reject(new Error(JSON.stringify(problem))),
      onCommitted: (commit) => {
        done += commit.events
        if (done < events) return
        const rate = perSecond(done, began)
        done = Number.NEGATIVE_INFINITY
        projector.stop().then(() => resolve(rate), reject)
      },
    })
  })

const rebuildFrom = async (pool: pg.Pool, eventStore: EventStore, projections: Projections, events: number): Promise<number> => {
  const began = performance.now()
  const outcome = await rebuild({
    projections, eventStore, store: postgresProjectionStore({ pool, readModels: modelsOf(projections) }), keyStore: memoryKeyStore(),
    partitions, partitionOf: () => 0, swap: 'when-equal', onProgress: () => undefined,
  })()
  if (E.isLeft(outcome)) throw new Error(JSON.stringify(outcome.left))
  const { swapped, comparisons } = outcome.right
  if (outcome.right.events < events || !swapped) throw new Error(`not a whole rebuild: ${JSON.stringify(comparisons)}`)
  return perSecond(events, began)
}

export const openWorld = async (): Promise<ProjectionWorld> => {
  const database = await benchDatabase()
  const { pool } = database
  const client = await dedicatedClient(pool, { statement_timeout: noTimeout, query_timeout: noTimeout, idle_in_transaction_session_timeout: noTimeout })
  const eventStore = await postgresEventStore({ pool })
  const versions = new Map<string, number>()
  const versioned = (projections: Projections): Projections => projections.map((each) => ({ ...each, version: versions.get(each.name) ?? each.version }))
  return {
    pool, client,
    timelineTable: () => versioned(timelineOnly).map((timeline) => `${liveSchema(timeline)}.events`).join(),
    project: async (projections, events) => catchUp(await emptyReadModels(client, pool, modelsOf(versioned(projections))), eventStore, versioned(projections), events),
    rebuild: (projections, events, as) => {
      if (as === 'a new version') for (const { name, version } of versioned(projections)) versions.set(name, version + 1)
      return rebuildFrom(pool, eventStore, versioned(projections), events)
    },
    close: async () => {
      await eventStore.close()
      await client.end()
      await database.close()
    },
  }
}
