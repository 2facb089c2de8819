import { Counter, Histogram, type Registry } from 'prom-client'
import { startProjector, type Announcer, type Feed, type ProjectorProblem } from '../../projections/index.js'
import type { Logger } from '../../platform/logging.js'
import type { Shutdown } from '../../platform/shutdown.js'
import { forgetting } from './feeds.js'
import type { Foundation } from './foundation.js'
import { announcedProjection, type ReadModels } from './read-models.js'

/** Consumer group of the projector; persisted at the broker. */
const group = 'read-models'
const millisecondsInSecond = 1_000

const report = (logger: Logger) => (problem: ProjectorProblem): void => {
  if (problem._tag === 'NotCommitted') logger.warn({ partition: problem.partition, reason: problem.error._tag }, 'a batch was not committed and comes again')
  else {
    const { projection, stream, revision, type } = problem.parked
    logger.error({ projection, stream, revision: Number(revision), type }, 'an event could not be applied: its stream is parked')
  }
}

const measures = (metrics: Registry) => ({
  events: new Counter({ name: 'tidings_projected_events_total', help: 'Events that were committed to the read models', registers: [metrics] }),
  commits: new Histogram({
    name: 'tidings_projection_commit_seconds', help: 'From the arrival of a batch to its commit', buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1, 5], registers: [metrics],
  }),
})

/** Projects the feed until the process stops. `onFailure`: the feed failed for good. */
export const projectLog = (
  { keyStore }: Foundation, { projections, store }: ReadModels, feed: Feed, announcer: Announcer,
  { logger, metrics, onFailure }: { readonly logger: Logger; readonly metrics: Registry; readonly onFailure: (error: unknown) => void }, { onStop }: Shutdown,
): { readonly caughtUp: () => boolean } => {
  const { events, commits } = measures(metrics)
  let caughtUp = false
  const projector = startProjector({
    feed: forgetting(feed, keyStore), group, projections, store, keyStore, announcer,
    announced: announcedProjection,
    onProblem: report(logger),
    onCommitted: (commit) => {
      events.inc(commit.events)
      commits.observe(commit.milliseconds / millisecondsInSecond)
      caughtUp ||= commit.caughtUp
    },
  })
  projector.stopped.catch(onFailure)
  onStop('projector', projector.stop)
  return { caughtUp: () => caughtUp }
}
