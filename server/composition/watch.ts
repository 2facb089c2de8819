import * as E from 'fp-ts/lib/Either.js'
import { Gauge, type Registry } from 'prom-client'
import { lagOf, type Feed, type ProjectionLag } from '../../projections/index.js'
import { systemClock } from '../../platform/clock.js'
import type { Alarm, Health } from '../../platform/health.js'
import { repeatedly } from '../../platform/repeatedly.js'
import type { Shutdown } from '../../platform/shutdown.js'
import type { Foundation } from './foundation.js'
import type { Projected } from './read-models.js'

/** How often lag and parked streams are looked at. */
const lookEveryMs = 2_000
const millisecondsInSecond = 1_000

interface Look {
  readonly lags: ReadonlyArray<ProjectionLag>
  readonly parked: ReadonlyMap<string, number>
  /** Why the look failed: log or read models are away. */
  readonly away: ReadonlyArray<string>
}

const countBy = (names: ReadonlyArray<string>): ReadonlyMap<string, number> =>
  names.reduce((counts, name) => counts.set(name, (counts.get(name) ?? 0) + 1), new Map<string, number>())

const alarmsOf = ({ lags, parked, away }: Look): ReadonlyArray<Alarm> => [
  ...away.map((detail): Alarm => ({ name: 'ProjectionStateUnknown', detail })),
  ...lags.filter(({ state }) => state === 'late').map(({ projection, lagMs }): Alarm => ({ name: 'ProjectionLag', detail: `${projection} is ${lagMs} ms behind the log` })),
  ...[...parked].map(([projection, streams]): Alarm => ({ name: 'ParkedStreams', detail: `${projection}: ${streams} streams wait at an event that could not be applied` })),
]

const gauges = (metrics: Registry) => ({
  lag: new Gauge({ name: 'tidings_projection_lag_seconds', help: 'Age of the oldest event that a projection has not applied', labelNames: ['projection'], registers: [metrics] }),
  parked: new Gauge({ name: 'tidings_projection_parked_streams', help: 'Streams that wait at an event that could not be applied', labelNames: ['projection'], registers: [metrics] }),
})

/**
 * Looks at lag and parked streams again and again, whatever this process does itself, so that a dead projector is noticed by the
 * others. Alarms and metrics are of the last look.
 */
export const watchProjections = (
  { eventStore }: Foundation, all: ReadonlyArray<Pick<Projected, 'projections' | 'store'>>, feed: Feed, metrics: Registry, { onStop }: Shutdown,
): Pick<Health, 'alarms'> => {
  const { lag, parked } = gauges(metrics)
  let last: Look = { lags: [], parked: new Map(), away: [] }
  const lookAt = async ({ projections, store }: (typeof all)[number]): Promise<Look> => {
    const [lags, waiting] = [await lagOf({ projections, eventStore, store, partitionOf: feed.partitionOf, clock: systemClock })(), await store.parked()()]
    return {
      lags: E.isRight(lags) ? lags.right : [],
      parked: countBy(E.isRight(waiting) ? waiting.right.map(({ projection }) => projection) : []),
      away: [lags, waiting].flatMap((answer) => (E.isLeft(answer) ? [answer.left.reason] : [])),
    }
  }
  const lookAround = async () => {
    const looks = await Promise.all(all.map(lookAt))
    last = { lags: looks.flatMap(({ lags }) => lags), parked: new Map(looks.flatMap(({ parked: some }) => [...some])), away: looks.flatMap(({ away }) => away) }
    for (const { projection, lagMs } of last.lags) lag.set({ projection }, lagMs / millisecondsInSecond)
    for (const { name } of all.flatMap(({ projections }) => projections)) parked.set({ projection: name }, last.parked.get(name) ?? 0)
  }
  // A look that fails is made again like any other.
  onStop('watch', repeatedly(lookEveryMs, () => lookAround().catch(() => undefined)).stop)
  return { alarms: () => alarmsOf(last) }
}
