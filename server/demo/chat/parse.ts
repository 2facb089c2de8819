import type { ChatEvent, ChatLog } from './log.js'
import { readLine } from './lines.js'
import { decodeLine } from './text.js'

/** Where every line and link of the two files went. Line numbers are 0-based. */
export interface Tally {
  readonly lines: number
  readonly serviceLines: number
  readonly unrecognisedLines: ReadonlyArray<number>
  readonly threadStarts: number
  readonly replies: number
  /** A message that answers several keeps the nearest; these are the others. */
  readonly furtherAntecedents: number
  /** Links that touch a line on which nobody speaks, or that is not there. */
  readonly linksOutsideMessages: number
  readonly unrecognisedLinks: ReadonlyArray<number>
}

export interface Parsed {
  readonly log: ChatLog
  readonly tally: Tally
}

const newline = 0x0a

const linesOf = (bytes: Uint8Array): ReadonlyArray<string> => {
  const lines: string[] = []
  for (let start = 0; start < bytes.length; ) {
    const found = bytes.indexOf(newline, start)
    const end = found === -1 ? bytes.length : found
    lines.push(decodeLine(bytes.subarray(start, end)))
    start = end + 1
  }
  return lines
}

interface Links {
  readonly antecedentOf: ReadonlyMap<number, number>
  readonly tally: Pick<Tally, 'threadStarts' | 'replies' | 'furtherAntecedents' | 'linksOutsideMessages' | 'unrecognisedLinks'>
}

const readLinks = (annotation: Uint8Array, isMessage: (line: number) => boolean): Links => {
  const antecedentOf = new Map<number, number>()
  const unrecognisedLinks: number[] = []
  let threadStarts = 0
  let furtherAntecedents = 0
  let linksOutsideMessages = 0
  for (const [at, text] of linesOf(annotation).entries()) {
    const found = /^(\d+) (\d+) -\s*$/u.exec(text)
    if (found === null) {
      if (text.trim() !== '') unrecognisedLinks.push(at)
      continue
    }
    const ends = [Number(found[1]), Number(found[2])] as const
    const earlier = Math.min(...ends)
    const later = Math.max(...ends)
    const known = antecedentOf.get(later)
    if (!isMessage(earlier) || !isMessage(later)) linksOutsideMessages += 1
    else if (earlier === later) threadStarts += 1
    else if (known === undefined) antecedentOf.set(later, earlier)
    else {
      furtherAntecedents += 1
      antecedentOf.set(later, Math.max(known, earlier))
    }
  }
  const replies = antecedentOf.size
  return { antecedentOf, tally: { threadStarts, replies, furtherAntecedents, linksOutsideMessages, unrecognisedLinks } }
}

/**
 * Reads a raw log and its annotation (`a b -`: the later line answers the earlier, `a a -` starts a thread; lines are
 * counted from 0 over the whole file, service lines included). Total: what cannot be read is counted in the tally.
 *
 * @see https://github.com/jkkummerfeld/irc-disentanglement
 */
export const parseLog = (name: string, raw: Uint8Array, annotation: Uint8Array = new Uint8Array()): Parsed => {
  const read = linesOf(raw).map(readLine)
  const { antecedentOf, tally } = readLinks(annotation, (line) => read[line]?.type === 'said')
  const events: ChatEvent[] = []
  const eventOfLine = new Map<number, number>()
  const unrecognisedLines: number[] = []
  let serviceLines = 0
  for (const [line, what] of read.entries()) {
    if (what.type === 'service') serviceLines += 1
    else if (what.type === 'unrecognised') unrecognisedLines.push(line)
    else {
      const antecedent = antecedentOf.get(line)
      const replyTo = antecedent === undefined ? undefined : eventOfLine.get(antecedent)
      eventOfLine.set(line, events.length)
      events.push(what.type === 'said' ? { ...what, line, ...(replyTo === undefined ? {} : { replyTo }) } : what)
    }
  }
  return { log: { name, events }, tally: { lines: read.length, serviceLines, unrecognisedLines, ...tally } }
}
