import * as E from 'fp-ts/lib/Either.js'
import { inParallel } from '../../platform/in-parallel.js'
import { percentilesOf } from '../../platform/durations.js'
import { chanceOf } from './chat/chance.js'
import { planOf } from './chat/plan.js'
import { openLogs, type LazyLog } from './chat/source.js'
import { stopwatches } from './ledger.js'
import { play, type Played, type PlayOptions } from './play.js'
import { breaches, reportLines, type Totals } from './report.js'
import { performSearch } from './search/search.js'
import { startStage, type Stage } from './stage.js'
import { pageLines } from './page.js'
import { verify, type Verified } from './verify.js'

export interface DemoOptions {
  readonly data?: string
  readonly logs: number | 'all'
  readonly profile: 'embedded' | 'cluster'
  /** How many times a process is killed with SIGKILL at a random moment. */
  readonly kills: number
  readonly seed: number
  /** Searches the logs and planted words afterwards. */
  readonly search: boolean
  /** Where the data is to stay, for `tidings rebuild --all` say; undefined: it is removed. */
  readonly keep?: string
  /** Ends the demo before its time; its processes and data go with it. */
  readonly interrupted: AbortSignal
  readonly print: (line: string) => void
  readonly progress: (done: number, total: number) => void
}

const logsAtOnce = 8
const dropRate = 0.02
const patienceMs = 60_000

const loaded = async ({ name, load }: LazyLog) => {
  const log = await load()
  if (E.isLeft(log)) throw new Error(`${name}: ${JSON.stringify(log.left)}`)
  return planOf(log.right)
}

/** Kills at random while `playing`, evenly over the messages that are to be sent. */
const executioner = (stage: Stage, options: DemoOptions, total: number, random: () => number) => {
  let sent = 0
  let due = 0
  let killing: Promise<unknown> = Promise.resolve()
  return {
    onMessage: () => {
      sent += 1
      const wanted = Math.floor((sent * (options.kills + 1)) / total)
      while (due < Math.min(wanted, options.kills)) {
        due += 1
        killing = killing.then(() => stage.fleet.killOne(random))
      }
      options.progress(sent, total)
    },
    settled: () => killing,
  }
}

const total = (stage: Stage, played: ReadonlyArray<Played>, verified: ReadonlyArray<Verified>, watches: ReturnType<typeof stopwatches>, seconds: number): Totals => ({
  logs: played.length,
  members: played.reduce((sum, { ledgers }) => sum + ledgers.length, 0),
  sent: played.reduce((sum, { plan }) => sum + plan.messages, 0),
  acknowledged: played.reduce((sum, { sequences }) => sum + sequences.length, 0),
  seconds,
  drops: played.reduce((sum, { drops }) => sum + drops, 0),
  kills: stage.fleet.kills(),
  ledgers: played.flatMap(({ ledgers }) => ledgers),
  verified,
  acknowledgedMs: percentilesOf(watches.acknowledged),
  pushedMs: percentilesOf(watches.pushed),
})

const keptLines = ({ keep, profile }: DemoOptions): ReadonlyArray<string> =>
  keep === undefined || profile === 'cluster' ? [] : ['', `The data stays: TIDINGS_DATA_DIRECTORY=${keep}/data npx tidings rebuild --all`]

/** Plays the logs on the stage, reads everything back, prints the report. */
const perform = async (options: DemoOptions, logs: ReadonlyArray<LazyLog>, stage: Stage): Promise<boolean> => {
  const random = chanceOf(options.seed).fraction
  const plans = await inParallel(logs, logsAtOnce, loaded)
  const watches = stopwatches()
  const kills = executioner(stage, options, plans.reduce((sum, { messages }) => sum + messages, 0), random)
  const playing: PlayOptions = {
    run: String(options.seed), enter: stage.enter, stopwatches: watches, dropRate, random, onMessage: kills.onMessage, patienceMs,
  }
  const began = performance.now()
  const results = await inParallel(plans, logsAtOnce, async (plan) => {
    const played = await play(plan, playing)
    await played.leave()
    return played
  })
  const seconds = (performance.now() - began) / 1_000
  await kills.settled()
  const verified = await inParallel(results, logsAtOnce, (played) => verify(played, stage.ask))
  const totals = total(stage, results, verified, watches, seconds)
  ;[...reportLines(totals), '', ...pageLines(results[0], verified[0]), ...keptLines(options)].forEach(options.print)
  const searched = !options.search || (await performSearch(results, { enter: stage.enter, ask: stage.search, print: options.print }))
  return searched && Object.values(breaches(totals)).every((count) => count === 0)
}

/** What the performance answers; false as soon as the demo is interrupted, however the performance goes on. */
export const unlessInterrupted = (signal: AbortSignal, performing: Promise<boolean>): Promise<boolean> => {
  performing.catch(() => undefined)
  const interruption = new Promise<false>((resolve) => {
    if (signal.aborted) resolve(false)
    signal.addEventListener('abort', () => { resolve(false) })
  })
  return Promise.race([performing, interruption])
}

/** The whole demo on a stage of its own. True when nothing was lost, doubled, reordered or changed; false also when interrupted. */
export const runDemo = async (options: DemoOptions): Promise<boolean> => {
  const found = await openLogs({ count: options.logs, ...(options.data === undefined ? {} : { directory: options.data }) })()
  if (E.isLeft(found)) throw new Error(JSON.stringify(found.left))
  options.print(found.right.credit)
  const stage = await startStage(options.profile, { searches: options.search, keep: options.keep })
  try {
    options.print(stage.description)
    return await unlessInterrupted(options.interrupted, perform(options, found.right.logs, stage))
  } finally {
    await stage.close()
  }
}
