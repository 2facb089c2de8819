import { existsSync } from 'node:fs'
import { readFile, readdir } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { pipe } from 'fp-ts/lib/function.js'
import { generateLog } from './generate.js'
import type { ChatLog } from './log.js'
import { parseLog } from './parse.js'

export type LogsUnavailable =
  | { readonly _tag: 'DirectoryUnreadable'; readonly directory: string; readonly reason: string }
  | { readonly _tag: 'NoLogsInDirectory'; readonly directory: string }
  | { readonly _tag: 'LogUnreadable'; readonly name: string; readonly reason: string }

/** A log that is read, or invented, when it is asked for; each call reads again. */
export interface LazyLog {
  readonly name: string
  readonly load: TE.TaskEither<LogsUnavailable, ChatLog>
}

/** `credit` is to be printed wherever the logs are shown: their licence asks for it. */
export interface Logs {
  readonly origin: { readonly _tag: 'Directory'; readonly directory: string } | { readonly _tag: 'Generated' }
  readonly credit: string
  readonly logs: ReadonlyArray<LazyLog>
}

/** `count` logs at most, spread evenly over what there is. `checkout` is where the default data is looked for from. */
export interface LogChoice {
  readonly directory?: string
  readonly count: number | 'all'
  readonly checkout?: string
}

/** How many invented logs `all` means, and how large each is: the average of the real ones. */
export const generatedLogs = { count: 12, messages: 1_290, speakers: 130 } as const

const rawSuffix = '.raw.txt'
const annotationSuffix = '.annotation.txt'
const published = /^\d{4}-\d\d-\d\d[._]/u
const ubuntuCredit =
  'Chat: Ubuntu IRC logs, disentangled by Kummerfeld et al., "A Large-Scale Corpus for Conversation Disentanglement" ' +
  '(ACL 2019), https://github.com/jkkummerfeld/irc-disentanglement, CC BY 4.0'
const generatedCredit = 'Chat: invented by a seeded generator; no real conversation'

const messageOf = (reason: unknown): string => (reason instanceof Error ? reason.message : String(reason))

/** The checkout this file runs from, also when it runs from a build inside it. */
const ownCheckout = (from: string): string =>
  existsSync(join(from, 'package.json')) || dirname(from) === from ? from : ownCheckout(dirname(from))

const spread = <A>(all: ReadonlyArray<A>, count: number | 'all'): ReadonlyArray<A> => {
  if (count === 'all') return all
  const passed = (at: number) => Math.floor((at * Math.min(count, all.length)) / all.length)
  return all.filter((_, at) => passed(at + 1) > passed(at))
}

/** A log without an annotation file has no replies. */
const readAnnotation = (path: string): Promise<Uint8Array> => (existsSync(path) ? readFile(path) : Promise.resolve(new Uint8Array()))

const fileLog = (directory: string) => (name: string): LazyLog => ({
  name,
  load: TE.tryCatch(
    async () => {
      const raw = await readFile(join(directory, name + rawSuffix))
      return parseLog(name, raw, await readAnnotation(join(directory, name + annotationSuffix))).log
    },
    (reason): LogsUnavailable => ({ _tag: 'LogUnreadable', name, reason: messageOf(reason) }),
  ),
})

const listLogs = (directory: string): TE.TaskEither<LogsUnavailable, ReadonlyArray<string>> =>
  pipe(
    TE.tryCatch(
      () => readdir(directory),
      (reason): LogsUnavailable => ({ _tag: 'DirectoryUnreadable', directory, reason: messageOf(reason) }),
    ),
    TE.map((files) => files.filter((file) => file.endsWith(rawSuffix)).map((file) => file.slice(0, -rawSuffix.length)).sort()),
    TE.filterOrElse(
      (names) => names.length > 0,
      (): LogsUnavailable => ({ _tag: 'NoLogsInDirectory', directory }),
    ),
  )

const fromDirectory = (directory: string, count: number | 'all'): TE.TaskEither<LogsUnavailable, Logs> =>
  pipe(
    listLogs(directory),
    TE.map((names) => ({
      origin: { _tag: 'Directory', directory },
      credit: names.some((name) => published.test(name)) ? ubuntuCredit : `Chat: IRC logs from ${directory}`,
      logs: spread(names, count).map(fileLog(directory)),
    })),
  )

const generated = (count: number | 'all'): Logs => {
  const length = count === 'all' ? generatedLogs.count : count
  const logs = Array.from({ length }, (_, at): LazyLog => {
    const seed = at + 1
    return { name: `generated-${String(seed)}`, load: TE.fromIO(() => generateLog(seed, generatedLogs)) }
  })
  return { origin: { _tag: 'Generated' }, credit: generatedCredit, logs }
}

/**
 * Finds the logs to play: `directory` if given, else `<checkout>/../shared/data/irc` if it is there, else invented ones.
 * Nothing is read yet but the list of names. Fewer than `count` come back when a directory holds fewer.
 */
export const openLogs = ({ directory, count, checkout }: LogChoice): TE.TaskEither<LogsUnavailable, Logs> => {
  if (directory !== undefined) return fromDirectory(resolve(directory), count)
  const usual = resolve(checkout ?? ownCheckout(dirname(fileURLToPath(import.meta.url))), '..', 'shared', 'data', 'irc')
  return existsSync(usual) ? fromDirectory(usual, count) : TE.right(generated(count))
}
