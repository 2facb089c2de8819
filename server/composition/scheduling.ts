import * as E from 'fp-ts/lib/Either.js'
import { Counter, Gauge, type Registry } from 'prom-client'
import { postgresLeadership, SWEEP_LEAD } from '../../adapters/postgres/leadership/leadership.js'
import { postgresDueStories } from '../../adapters/postgres/stories/due-stories.js'
import { postgresEndedStories } from '../../adapters/postgres/stories/ended-stories.js'
import { OVERDUE_ALARM_MS, overdueMs, startSweeper, sweepStories, type CommandSide, type Swept } from '../../command-side/index.js'
import type { DueStories } from '../../command-side/ports.js'
import { systemClock, type Clock } from '../../platform/clock.js'
import type { Alarm, Health } from '../../platform/health.js'
import type { Logger } from '../../platform/logging.js'
import { repeatedly } from '../../platform/repeatedly.js'
import type { Shutdown } from '../../platform/shutdown.js'
import type { Settings } from '../configuration/settings.js'
import type { Foundation } from './foundation.js'

/** How often it is looked whether stories are overdue. */
const LOOK_EVERY_MS = 5_000
const MILLISECONDS_IN_SECOND = 1_000

interface Parts {
  readonly foundation: Pick<Foundation, 'pool' | 'keyStore' | 'clock'>
  readonly commandSide: Pick<CommandSide, 'expireStories'>
  readonly logger: Logger
  readonly metrics: Registry
}

const sweepMetrics = (metrics: Registry) => {
  const registers = [metrics]
  const due = new Gauge({ name: 'tidings_stories_due', help: 'Stories that were over at the latest sweep of this process', registers })
  const swept = new Counter({ name: 'tidings_stories_swept_total', help: 'Stories that sweeps of this process ended, again those whose end was not projected yet', registers })
  const lastSuccess = new Gauge({ name: 'tidings_sweep_last_success_timestamp_seconds', help: 'When a sweep of this process last left nothing', registers })
  return ({ batches, ended, failures }: Swept): void => {
    due.set(batches.reduce((sum, stories) => sum + stories, 0))
    swept.inc(ended)
    if (failures.length === 0) lastSuccess.set(systemClock() / MILLISECONDS_IN_SECOND)
  }
}

/** One sweep of this process, as the scheduler makes it. */
export const sweepOf = ({ pool, keyStore, clock }: Parts['foundation'], { expireStories }: Parts['commandSide']) => {
  const parts = { dueStories: postgresDueStories(pool), endedStories: postgresEndedStories(pool), keyStore, expireStories, clock }
  return (signal: AbortSignal): Promise<Swept> => sweepStories(parts, signal)
}

/** Ends stories that are over until the process stops, while it leads those that do so. */
export const scheduleSweeps = async ({ sweepSeconds }: Settings, { foundation, commandSide, logger, metrics }: Parts, { onStop }: Shutdown): Promise<void> => {
  const measure = sweepMetrics(metrics)
  const sweeper = startSweeper({
    leadership: await postgresLeadership(foundation.pool, SWEEP_LEAD),
    sweep: sweepOf(foundation, commandSide),
    everyMs: sweepSeconds * MILLISECONDS_IN_SECOND,
    onSwept: (swept, milliseconds) => {
      measure(swept)
      const { batches, ended, failures } = swept
      if (failures.length > 0) logger.warn({ batches, ended, failures, milliseconds }, 'a sweep left stories to the next one')
      else if (ended > 0) logger.info({ batches, ended, milliseconds }, 'stories that were over have ended')
    },
    onDefect: (error) => { logger.error({ error }, 'a defect in the sweep of stories') },
  })
  onStop('scheduler', sweeper.stop)
}

/**
 * Looks again and again whether stories are there long after their end, whatever this process does itself, so that a dead
 * scheduler is noticed by the others. Alarm and metric are of the last look.
 */
export const watchStories = (dueStories: DueStories, clock: Clock, metrics: Registry, { onStop }: Shutdown): Pick<Health, 'alarms'> => {
  const overdue = new Gauge({ name: 'tidings_stories_overdue_seconds', help: 'For how long the oldest story is over that has not ended', registers: [metrics] })
  let alarms: ReadonlyArray<Alarm> = []
  const alarm = (detail: string): ReadonlyArray<Alarm> => [{ name: 'StoriesNotSwept', detail }]
  const looking = repeatedly(LOOK_EVERY_MS, async () => {
    const found = await overdueMs(dueStories, clock)()
    if (E.isLeft(found)) {
      alarms = alarm(`it cannot be told whether stories are overdue: ${found.left.reason}`)
      return
    }
    const seconds = Math.floor(found.right / MILLISECONDS_IN_SECOND)
    overdue.set(seconds)
    alarms = found.right < OVERDUE_ALARM_MS ? [] : alarm(`the oldest story that has not ended is over for ${seconds} s`)
  })
  onStop('watch on stories', looking.stop)
  return { alarms: () => alarms }
}
