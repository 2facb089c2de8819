import { metaStreamOf } from './stored-event.js'
import type { Expected, Outcome, StoredEvent } from './stored-event.js'

type Decision = { readonly _tag: 'Commit' } | Exclude<Outcome, { _tag: 'Written' }>

/** What the rules ask of the log. */
interface Readable {
  readonly isTombstoned: (stream: string) => boolean
  readonly isSoftDeleted: (stream: string) => boolean
  readonly lastRevision: (stream: string) => bigint
  readonly remembered: (stream: string, id: string) => StoredEvent | undefined
  readonly at: (stream: string, revision: bigint) => StoredEvent | undefined
}

const commit: Decision = { _tag: 'Commit' }

/** Any and StreamExists look up ids among the remembered recent commits only ("weak" idempotence). */
const checkWeakly = (log: Readable, stream: string, ids: ReadonlyArray<string>, current: bigint): Decision => {
  let last
  for (const [index, id] of ids.entries()) {
    const known = log.remembered(stream, id)
    if (known === undefined) return index === 0 ? commit : { _tag: 'WrongExpectedVersion', current }
    last = known
  }
  return last === undefined ? commit : { _tag: 'AlreadyThere', last }
}

/** A revision behind the end compares ids with the events that follow it, for ever ("strong" idempotence). */
const checkStrongly = (log: Readable, stream: string, after: bigint, ids: ReadonlyArray<string>, current: bigint): Decision => {
  let last
  for (const [index, id] of ids.entries()) {
    const there = log.at(stream, after + 1n + BigInt(index))
    if (there?.id !== id) {
      const revives = index === 0 && after === -1n && log.isSoftDeleted(stream)
      return revives ? commit : { _tag: 'WrongExpectedVersion', current }
    }
    last = there
  }
  return last === undefined ? { _tag: 'WrongExpectedVersion', current } : { _tag: 'AlreadyThere', last }
}

/** Whether an append is committed, answered as already there, or refused (IndexWriter.CheckCommit of the real server). */
export const checkCommit = (log: Readable, stream: string, expected: Expected, ids: ReadonlyArray<string>): Decision => {
  if (log.isTombstoned(stream)) return { _tag: 'StreamDeleted' }
  const current = log.lastRevision(stream)
  if (expected === 'stream-exists') {
    if (log.isSoftDeleted(stream)) return { _tag: 'StreamDeleted' }
    if (current < 0n && log.lastRevision(metaStreamOf(stream)) < 0n) return { _tag: 'WrongExpectedVersion', current }
  }
  if (expected === 'any' || expected === 'stream-exists') return checkWeakly(log, stream, ids, current)
  const after = expected === 'no-stream' ? -1n : expected.revision
  if (after < current) return checkStrongly(log, stream, after, ids, current)
  return after === current ? commit : { _tag: 'WrongExpectedVersion', current }
}
