import { mentionsIn } from '../events/mentions.js'
import { durations, percentilesOf, record } from '../platform/durations.js'
import { hostileTexts } from '../test/support/hostile-texts.js'
import { publish } from './support/report.js'

const bytes = 64 * 1024
const rounds = 200
const warmUp = 20
const demandedMs = 5
const millisecondsInSecond = 1_000

const measured = hostileTexts.map(([name, text]) => {
  const [hostile, histogram] = [text(bytes), durations()]
  for (let round = 0; round < rounds + warmUp; round += 1) {
    const began = performance.now()
    mentionsIn(hostile)
    if (round >= warmUp) record(histogram, performance.now() - began)
  }
  return { name, percentiles: percentilesOf(histogram) }
})

publish({
  name: 'mentions',
  claim: 'M1: finding the mentions in 64 KiB of hostile text. Demand: ≤ 5 ms.',
  conditions: { 'text': `${bytes} B`, N: rounds },
  measurements: measured.map(({ name, percentiles }) => ({
    subject: name, unit: 'texts/s', value: millisecondsInSecond / percentiles.p50, percentilesMs: percentiles, ratios: { 'the demanded 5 ms (P99)': percentiles.p99 / demandedMs },
  })),
})
