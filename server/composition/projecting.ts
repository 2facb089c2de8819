import { Counter, Histogram, type Registry } from 'prom-client'
import { startProjector, type Announcer, type Feed, type ProjectorProblem } from '../../projections/index.js'
import type { Logger } from '../../platform/logging.js'
import type { Shutdown } from '../../platform/shutdown.js'
import { forgetting } from './feeds.js'
import type { Foundation } from './foundation.js'
import { announcedProjection, type Projected } from './read-models.js'

const millisecondsInSecond = 1_000

const report = (logger: Logger) => (problem: ProjectorProblem): void => {
  if (problem._tag === 'NotCommitted') logger.warn({ partition: problem.partition, reason: problem.error._tag }, 'a batch was not committed and comes again')
  else {
    const { projection, stream, revision, type } = problem.parked
    logger.error({ projection, stream, revision: Number(revision), type }, 'an event could not be applied: its stream is parked')
  }
}

const measures = (metrics: Registry) => ({
  events: new Counter({ name: 'tidings_projected_events_total', help: 'Events that were committed to the read models', labelNames: ['group'], registers: [metrics] }),
  commits: new Histogram({
    name: 'tidings_projection_commit_seconds', help: 'From the arrival of a batch to its commit', buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1, 5], labelNames: ['group'], registers: [metrics],
  }),
})

/** What is projected together, in one transaction a batch, apart from other groups. */
export interface ConsumerGroup extends Pick<Projected, 'projections' | 'store'> {
  /** Persisted at the broker. */
  readonly group: string
  readonly announcer: Announcer
  readonly announced: string
  /** Rest of a partition after a batch that caught up, milliseconds. */
  readonly restMs?: number
  /** Destroys the keys of what the log deleted, before it is projected: one group does so for all. */
  readonly forgets: boolean
}

/** The read models whose commits gateways hear of. */
export const readModelsGroup = ({ projections, store }: Pick<Projected, 'projections' | 'store'>, announcer: Announcer): ConsumerGroup =>
  ({ group: 'read-models', projections, store, announcer, announced: announcedProjection, forgets: true })

interface Reporting {
  readonly logger: Logger
  readonly metrics: Registry
  /** The feed failed for good. */
  readonly onFailure: (error: unknown) => void
}

/** Projects the feed for each group until the process stops. */
export const projectLog = ({ keyStore }: Pick<Foundation, 'keyStore'>, groups: ReadonlyArray<ConsumerGroup>, feed: Feed, { logger, metrics, onFailure }: Reporting, { onStop }: Shutdown): void => {
  const { events, commits } = measures(metrics)
  for (const { group, forgets, ...consumer } of groups) {
    const projector = startProjector({
      feed: forgets ? forgetting(feed, keyStore) : feed, group, keyStore, ...consumer,
      onProblem: report(logger),
      onCommitted: (commit) => {
        events.inc({ group }, commit.events)
        commits.observe({ group }, commit.milliseconds / millisecondsInSecond)
      },
    })
    projector.stopped.catch(onFailure)
    onStop(`projector of ${group}`, projector.stop)
  }
}
