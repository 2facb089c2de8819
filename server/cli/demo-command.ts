import { Command, InvalidArgumentError, Option } from 'commander'
import { runDemo } from '../demo/run.js'
import { runStoriesDemo } from '../demo/stories/run.js'
import { print } from './print.js'
import { progressBar } from './progress.js'

interface Flags {
  readonly data?: string
  readonly logs: number
  readonly all?: true
  readonly profile: 'embedded' | 'cluster'
  readonly kill: number
  readonly seed: number
  readonly stories?: true
  readonly search?: true
  readonly keep?: string
}

const interruptedCode = 130

const count = (text: string): number => {
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < 0) throw new InvalidArgumentError('it takes a whole number, 0 or more')
  return value
}

/** `tidings demo` */
export const demoCommand = (): Command =>
  new Command('demo')
    .description('plays chat logs through the public interfaces and proves that nothing was lost, doubled or reordered')
    .option('--data <dir>', 'folder of the logs (default: ../shared/data/irc, else invented ones)')
    .option('--logs <n>', 'how many logs', count, 8)
    .option('--all', 'all logs')
    .addOption(new Option('--profile <profile>').choices(['embedded', 'cluster']).default('embedded'))
    .option('--kill <n>', 'how many times a process is killed with SIGKILL at a random moment', count, 0)
    .option('--keep <dir>', 'keep the data there (profile embedded), for other commands to look at')
    .option('--search', 'then search the logs and planted words, as members and as outsiders')
    .option('--stories', 'instead: stories in every tier, who sees them by every channel, and their end')
    .option('--seed <n>', 'of what is random', count, 1)
    .action(async ({ data, logs, all, profile, kill, seed, stories, search, keep }: Flags) => {
      const interrupted = new AbortController()
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => { interrupted.abort() })
      const end = (good: boolean): never => process.exit(good ? 0 : interrupted.signal.aborted ? interruptedCode : 1)
      if (stories === true) end(await runStoriesDemo({ ...(data === undefined ? {} : { data }), profile, seed, print, interrupted: interrupted.signal }))
      const bar = progressBar('messages')
      end(await runDemo({
        ...(data === undefined ? {} : { data }), logs: all === true ? 'all' : logs, profile, kills: kill, seed, search: search === true, print, interrupted: interrupted.signal, ...(keep === undefined ? {} : { keep }),
        progress: (done, total) => {
          bar.update(done, total)
          if (done === total) bar.stop()
        },
      }))
    })
