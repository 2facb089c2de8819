import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { join } from 'node:path'
import type { Percentiles } from '../../platform/durations.js'

/** One measured thing: what was done, how fast, and how that compares with the peer or limit of the same run. */
export interface Measurement {
  readonly subject: string
  readonly unit: string
  readonly value: number
  readonly percentilesMs?: Percentiles
  readonly ratios?: Readonly<Record<string, number>>
  readonly notes?: string
}

export interface BenchReport {
  readonly name: string
  readonly claim: string
  /** Payload, fan-out, durability, duration, N: whatever a reader needs to believe or repeat it. */
  readonly conditions: Readonly<Record<string, string | number>>
  readonly measurements: ReadonlyArray<Measurement>
}

const commit = (): string => {
  try {
    const head = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim()
    return execFileSync('git', ['status', '--porcelain'], { encoding: 'utf8' }).trim() === '' ? head : `${head} with changes`
  } catch {
    return 'no git'
  }
}

const machine = () => ({
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: cpus().length,
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  node: process.version,
  commit: commit(),
  date: new Date().toISOString().slice(0, 10),
})

type Stored = BenchReport & { readonly machine: ReturnType<typeof machine> }

const row = ({ subject, unit, value, percentilesMs: p, ratios = {}, notes = '' }: Measurement): string => {
  const latency = p === undefined ? '' : `${p.p50} / ${p.p95} / ${p.p99}`
  const against = Object.entries(ratios).map(([peer, ratio]) => `${ratio.toFixed(2)} × ${peer}`).join(', ')
  return `| ${subject} | ${Math.round(value * 100) / 100} ${unit} | ${latency} | ${against} | ${notes} |`
}

const section = ({ name, claim, conditions, measurements, machine: on }: Stored): string =>
  [
    `## ${name}`,
    claim,
    '',
    `${on.cores} cores (${on.cpu}), ${on.memoryGiB} GiB, Node ${on.node}, commit ${on.commit}, ${on.date}; ` +
      Object.entries(conditions).map(([key, value]) => `${key}: ${value}`).join('; '),
    '',
    '| what | figure | P50 / P95 / P99 ms | in the same run | notes |',
    '|---|---|---|---|---|',
    ...measurements.map(row),
    '',
  ].join('\n')

const preamble = '# Performance\nWritten by `npm run bench -- <name>` from `bench/results/`; losing numbers are published too.\n'

/** Prints the report, keeps it in `bench/results/<name>.json` and writes `docs/performance.md` anew from all results. */
export const publish = (report: BenchReport, checkout = process.cwd()): void => {
  const stored: Stored = { ...report, machine: machine() }
  const results = join(checkout, 'bench', 'results')
  mkdirSync(results, { recursive: true })
  writeFileSync(join(results, `${report.name}.json`), `${JSON.stringify(stored, null, 2)}\n`)
  const all = readdirSync(results).filter((file) => file.endsWith('.json')).sort()
  const sections = all.map((file) => section(JSON.parse(readFileSync(join(results, file), 'utf8')) as Stored))
  writeFileSync(join(checkout, 'docs', 'performance.md'), [preamble, ...sections].join('\n'))
  console.log(section(stored))
}
