import * as E from 'fp-ts/lib/Either.js'
import type { AppendExpectedRevision } from '@eventstore/db-client'
import type { AppendError, Appended, ExpectedRevision, NewEvent, StreamName } from '../../events/event-store.js'
import { checkAppendSize } from '../append-size.js'
import type { Connection } from './connection.js'
import { appendErrorOf, unavailable } from './failures.js'
import { knownPosition, toClient } from './wire.js'

type Answer = E.Either<AppendError, Appended>

const expectedOf = (expected: ExpectedRevision): AppendExpectedRevision => {
  if (expected === 'any') return 'any'
  return expected === 'no-stream' || expected.revision < 0n ? 'no_stream' : expected.revision
}

/** One append as the server answers it, sizes checked first. Rejects for defects only. */
export const appendOnce = async (
  connection: Connection, stream: StreamName, expected: ExpectedRevision, events: ReadonlyArray<NewEvent>,
): Promise<Answer> => {
  const size = checkAppendSize(events)
  if (E.isLeft(size)) return size
  const encoded = events.map(toClient)
  try {
    const { nextExpectedRevision: last, position: at } = await connection.append(stream, encoded, expectedOf(expected))
    const position = knownPosition(at?.commit)
    if (position === undefined) return E.left(unavailable('appended, but the server does not tell the position'))
    return E.right({ firstRevision: last - BigInt(events.length) + 1n, lastRevision: last, position })
  } catch (error) {
    return E.left(appendErrorOf(error, size.right, events.length))
  }
}

/**
 * Lets the appends of one stream begin one after another, in the order of the calls: the client itself keeps an order only on
 * a warm connection.
 */
export const inStreamOrder = () => {
  const last = new Map<StreamName, Promise<unknown>>()
  return <A>(stream: StreamName, run: () => Promise<A>): Promise<A> => {
    const previous = last.get(stream)
    const mine = previous === undefined ? run() : previous.then(run, run)
    last.set(stream, mine)
    const done = () => { if (last.get(stream) === mine) last.delete(stream) }
    mine.then(done, done)
    return mine
  }
}
