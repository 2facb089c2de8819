import { parseArgs } from 'node:util'
import { startStage } from '../server/demo/stage.js'
import { highestRate, messageLoad } from './support/message-load.js'
import { publish, type Measurement } from './support/report.js'

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '10' }, conversations: { type: 'string', default: '100' } } })
const [seconds, conversations] = [Number(values.seconds), Number(values.conversations)]
const [warmUpRate, warmUpSeconds, payloadBytes, p95Ms] = [500, 10, 192, 200]
const groups = [{ members: 2, demand: 8_000 }, { members: 10, demand: 3_000 }] as const
const rates = [250, 500, 750, 1_000, 1_250, 1_500, 1_750, 2_000, 2_500, 3_000, 4_000, 5_000, 6_000, 8_000, 10_000]

const measurements: Measurement[] = []
for (const { members, demand } of groups) {
  const stage = await startStage('embedded')
  try {
    const load = await messageLoad(stage, { conversations, members, payloadBytes })
    await load.run(warmUpRate, warmUpSeconds)
    const highest = await highestRate(load, rates, seconds, p95Ms)
    measurements.push({
      subject: `groups of ${members}: highest rate with P95 of the push within ${p95Ms} ms`, unit: 'msg/s', value: highest?.perSecond ?? 0,
      ...(highest === undefined ? {} : { percentilesMs: highest.pushed }), ratios: { demand: (highest?.perSecond ?? 0) / demand }, notes: highest?.notes ?? `less than ${rates[0]} msg/s`,
    })
  } finally {
    await stage.close()
  }
}
publish({
  name: 'throughput', claim: 'The highest durable rate of the embedded profile, one process, in groups of 2 and of 10. Demands: 8,000 and 3,000 messages a second.',
  conditions: { conversations, payload: `${payloadBytes} B`, 'seconds at each rate': seconds, rates: rates.join(' '), durability: 'acknowledged = fsynced', generator: 'on the same cores' },
  measurements,
})
process.exit(0)
