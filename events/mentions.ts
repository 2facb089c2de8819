import { limits } from './limits.js'

const word = String.raw`[\p{Alphabetic}\p{M}\p{N}\p{Pc}\p{Join_Control}]`
/** Bounded repetition, looks of one character: a text costs its length, whatever it says. */
const mention = new RegExp(String.raw`(?<!${word})@([a-zA-Z0-9_]{3,30})(?!${word})`, 'gu')
/** So many backticks fence code over line ends; fewer hold it within one line. */
const FENCE = 3
const [BACKTICK, LINE_END] = [96, 10]

interface Run {
  readonly start: number
  readonly end: number
  readonly line: number
}

const runsOf = (text: string): ReadonlyArray<Run> => {
  const runs: Run[] = []
  let line = 0
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === LINE_END) line += 1
    if (code !== BACKTICK) continue
    const start = at
    while (text.charCodeAt(at + 1) === BACKTICK) at += 1
    runs.push({ start, end: at + 1, line })
  }
  return runs
}

/** Of each run of backticks the end of the code that it opens: of the next run of its length; undefined where it opens none. */
const endsOfCode = (runs: ReadonlyArray<Run>): ReadonlyArray<number | undefined> => {
  const next = new Map<number, Run>()
  const ends = runs.toReversed().map((run) => {
    const length = run.end - run.start
    const closing = next.get(length)
    next.set(length, run)
    return length >= FENCE || closing?.line === run.line ? closing?.end : undefined
  })
  return ends.reverse()
}

/** The text with a backtick in the place of each piece of code. */
const withoutCode = (text: string): string => {
  const runs = runsOf(text)
  const ends = endsOfCode(runs)
  const kept: string[] = []
  let from = 0
  for (const [index, { start }] of runs.entries()) {
    const end = ends[index]
    if (start < from || end === undefined) continue
    kept.push(text.slice(from, start))
    from = end
  }
  return [...kept, text.slice(from)].join('`')
}

/** Handles without their case, each once, in the order given, as many as one message may mention. */
export const distinctHandles = (handles: Iterable<string>): ReadonlyArray<string> => {
  const found = new Set<string>()
  for (const handle of handles) {
    if (found.size === limits.mentions) break
    found.add(handle.toLowerCase())
  }
  return [...found]
}

const handlesIn = function* (text: string): Generator<string, void> {
  for (const { 1: handle } of withoutCode(text).matchAll(mention)) if (handle !== undefined) yield handle
}

/**
 * Who a text mentions (X16): `@` and 3 to 30 letters, digits or underscores with no word character on either side, outside
 * of code; in lower case, each once, in order of appearance, at most `limits.mentions`. Pure; linear in the text.
 */
export const mentionsIn = (text: string): ReadonlyArray<string> => distinctHandles(handlesIn(text))
