import { parseArgs } from 'node:util'
import { startStage, type Stage } from '../server/demo/stage.js'
import { highestRate, messageLoad } from './support/message-load.js'
import { publish, type Measurement } from './support/report.js'

const { values } = parseArgs({
  options: {
    rate: { type: 'string', default: '1000' }, seconds: { type: 'string', default: '20' }, pairs: { type: 'string', default: '200' },
    profile: { type: 'string', multiple: true, default: ['embedded', 'cluster'] },
  },
})
const [rate, seconds, pairs] = [Number(values.rate), Number(values.seconds), Number(values.pairs)]
const [warmUpSeconds, searchSeconds, payloadBytes] = [10, 10, 192]
const lowerRates = [0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9].map((part) => Math.round(part * rate))
/** Of the push, P50 / P95 / P99 in milliseconds. */
const demands = { embedded: [3, 8, 25], cluster: [15, 50, 120] } as const
/** The two projectors of the deployment share as many partitions: more of them make smaller batches on the same two cores. */
const kafkaPartitions = '2'

/** At the demanded rate; where that is too much for this machine, at the highest rate that keeps the demanded P95 as well. */
const measured = async (stage: Stage, profile: keyof typeof demands): Promise<ReadonlyArray<Measurement>> => {
  const [load, demand] = [await messageLoad(stage, { conversations: pairs, members: 2, payloadBytes }), demands[profile]]
  await load.run(rate / 2, warmUpSeconds)
  const result = await load.run(rate, seconds)
  const highest = result.allPushed && result.pushed.p95 <= demand[1] ? result : await highestRate(load, lowerRates, searchSeconds, demand[1])
  return [
    { subject: `${profile}: send → acknowledgement`, unit: 'msg/s', value: result.perSecond, percentilesMs: result.acknowledged, notes: result.notes },
    { subject: `${profile}: send → push`, unit: 'msg/s', value: result.perSecond, percentilesMs: result.pushed, notes: `demand ${demand.join(' / ')} ms` },
    {
      subject: `${profile}: highest rate with P95 of the push within ${demand[1]} ms`, unit: 'msg/s', value: highest?.perSecond ?? 0,
      ...(highest === undefined ? { notes: `less than ${lowerRates[0]} msg/s` } : { percentilesMs: highest.pushed, notes: highest.notes }),
    },
  ]
}

process.env['TIDINGS_KAFKA_PARTITIONS'] ??= kafkaPartitions
const measurements: Measurement[] = []
const conditions: Record<string, string | number> = {
  rate: `${rate} msg/s, open loop, from the intended time`, senders: pairs, 'fan-out': 1, payload: `${payloadBytes} B`, seconds, 'warm-up': `${warmUpSeconds} s`,
  durability: 'acknowledged = fsynced', generator: 'on the same cores', 'partitions of the cluster': process.env['TIDINGS_KAFKA_PARTITIONS'],
}
for (const profile of values.profile as ReadonlyArray<keyof typeof demands>) {
  const stage = await startStage(profile)
  try {
    conditions[profile] = stage.description
    measurements.push(...(await measured(stage, profile)))
  } finally {
    await stage.close()
  }
}
publish({ name: 'latency', claim: `Send → acknowledgement and send → push at ${rate} messages a second to one recipient each, both profiles.`, conditions, measurements })
process.exit(0)
