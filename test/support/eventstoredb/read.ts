import type * as Streams from '@eventstore/db-client/generated/streams_pb.js'
import streams from '@eventstore/db-client/generated/streams_pb.js'
import type { Commits } from './commits.js'
import type { FaultState } from './faults.js'
import type { Log } from './log.js'
import { indexAt, send, sendTogether } from './send.js'
import type { ReadCall } from './send.js'
import type { StoredEvent } from './stored-event.js'
import { subscribe } from './subscribe.js'
import { eventOf, identifierOf, streamDeleted, streamNameOf } from './wire.js'

const BACKWARDS = 1

interface Range {
  readonly first: bigint
  readonly end: bigint
}

const streamEvents = function* (log: Log, stream: string, options: Streams.ReadReq.Options, range: Range): Generator<StoredEvent> {
  const from = options.getStream()
  const backwards = options.getReadDirection() === BACKWARDS
  const last = range.end - 1n
  const asked = from?.hasStart() === true ? 0n : from?.hasEnd() === true ? last : BigInt(from?.getRevision() ?? 0)
  let at = backwards ? (asked > last ? last : asked) : (asked < range.first ? range.first : asked)
  for (; at >= range.first && at < range.end; at += backwards ? -1n : 1n) {
    const event = log.at(stream, at)
    if (event !== undefined) yield event
  }
}

const allEvents = function* (log: Log, options: Streams.ReadReq.Options): Generator<StoredEvent> {
  const all = options.getAll()
  const position = BigInt(all?.getPosition()?.getCommitPosition() ?? 0)
  const asked = all?.hasStart() === true ? 0 : all?.hasEnd() === true ? log.visible : indexAt(log, position)
  const step = options.getReadDirection() === BACKWARDS ? -1 : 1
  for (let index = step === -1 ? asked - 1 : asked; index >= 0 && index < log.visible; index += step) {
    const event = log.events[index]
    if (event !== undefined) yield event
  }
}

/** Streams.Read: a stream or $all, both directions, with a count; or a subscription. */
export const read = (commits: Commits, faults: FaultState, slowSubscribersDropped: boolean) => (call: ReadCall): void => {
  const { log } = commits
  faults.calls += 1
  call.on('close', () => { faults.calls -= 1 })
  call.on('error', () => undefined)
  sendTogether(call)
  const sendAll = async (events: Iterable<StoredEvent>, count: bigint, positionsKnown: boolean) => {
    let left = count
    for (const event of events) {
      if (left === 0n || !(await send(call, eventOf(event, positionsKnown)))) break
      left -= 1n
    }
    call.end()
  }
  const run = async () => {
    if (faults.silent) return
    const options = call.request.getOptions()
    if (options === undefined) return call.end()
    if (options.hasSubscription()) return subscribe(call, options, commits, slowSubscribersDropped)
    if (options.hasAll()) return sendAll(allEvents(log, options), BigInt(options.getCount()), true)
    const stream = streamNameOf(options.getStream()?.getStreamIdentifier())
    if (log.isTombstoned(stream)) return void call.emit('error', streamDeleted(stream))
    const range = log.readable(stream)
    if (range !== undefined) return sendAll(streamEvents(log, stream, options, range), BigInt(options.getCount()), false)
    call.write(new streams.ReadResp().setStreamNotFound(new streams.ReadResp.StreamNotFound().setStreamIdentifier(identifierOf(stream))))
    call.end()
  }
  run().catch(() => call.destroy())
}
