import { randomUUID } from 'node:crypto'
import type * as Streams from '@eventstore/db-client/generated/streams_pb.js'
import streams from '@eventstore/db-client/generated/streams_pb.js'
import type { Commits } from './commits.js'
import type { Log } from './log.js'
import { indexAt, send } from './send.js'
import type { ReadCall } from './send.js'
import type { StoredEvent } from './stored-event.js'
import { consumerTooSlow, eventOf, streamDeleted, streamNameOf } from './wire.js'

const LIVE_BUFFER_EVENTS = 32
const DEFAULT_WINDOW_EVENTS = 32

const filterOf = (options: Streams.ReadReq.Options): ((event: StoredEvent) => boolean) => {
  const filter = options.getFilter()
  const expression = filter?.getStreamIdentifier() ?? filter?.getEventType()
  if (filter === undefined || expression === undefined) return () => true
  const subject = filter.hasStreamIdentifier() ? (event: StoredEvent) => event.stream : (event: StoredEvent) => event.type
  const regex = expression.getRegex() === '' ? undefined : new RegExp(expression.getRegex())
  const prefixes = expression.getPrefixList()
  return (event) => regex?.test(subject(event)) ?? prefixes.some((prefix) => subject(event).startsWith(prefix))
}

/** Where a subscription starts in the whole log, and which events it is for. Positions and revisions are exclusive. */
const selection = (log: Log, options: Streams.ReadReq.Options) => {
  const stream = options.getStream()
  if (stream === undefined) {
    const all = options.getAll()
    const after = all?.getPosition()?.getCommitPosition()
    const start = all?.hasEnd() === true ? log.visible : after === undefined ? 0 : indexAt(log, BigInt(after) + 1n)
    return { start, matches: filterOf(options) }
  }
  const name = streamNameOf(stream.getStreamIdentifier())
  const after = stream.hasStart() ? -1n : stream.hasEnd() ? log.lastRevision(name) : BigInt(stream.getRevision())
  const hidden = log.readable(name)?.first ?? 0n
  const matches = (event: StoredEvent) => event.stream === name && event.revision > after && event.revision >= hidden
  return { start: 0, matches }
}

const visibleBeyond = (commits: Commits, index: number, call: ReadCall): Promise<void> =>
  new Promise((resolve) => {
    const look = () => {
      if (commits.log.visible <= index && !call.cancelled && !call.destroyed) return
      commits.moved.off('visible', look)
      for (const event of ['close', 'cancelled', 'error']) call.off(event, look)
      resolve()
    }
    commits.moved.on('visible', look)
    for (const event of ['close', 'cancelled', 'error']) call.on(event, look)
    look()
  })

const checkpointAt = (event: StoredEvent): Streams.ReadResp =>
  new streams.ReadResp().setCheckpoint(new streams.ReadResp.Checkpoint()
    .setCommitPosition(String(event.position)).setPreparePosition(String(event.position)))

/**
 * Confirmation, history, caught_up, live; checkpoints on filtered $all. A reader that lets more than 32 live events pile up
 * falls behind and catches up again (from 24.2), or is dropped (22.10 to 23.10).
 */
export const subscribe = async (call: ReadCall, options: Streams.ReadReq.Options, commits: Commits, slowSubscribersDropped: boolean): Promise<void> => {
  const { log } = commits
  const stream = streamNameOf(options.getStream()?.getStreamIdentifier())
  if (options.hasStream() && log.isTombstoned(stream)) return void call.emit('error', streamDeleted(stream))
  const { start, matches } = selection(log, options)
  const filter = options.getFilter()
  const interval = (filter?.getMax() || DEFAULT_WINDOW_EVENTS) * Math.max(filter?.getCheckpointintervalmultiplier() ?? 1, 1)
  const confirmation = new streams.ReadResp.SubscriptionConfirmation().setSubscriptionId(randomUUID())
  let open = await send(call, new streams.ReadResp().setConfirmation(confirmation))
  let [index, live] = [start, false]
  while (open) {
    if (live && log.visible - index > LIVE_BUFFER_EVENTS) {
      if (slowSubscribersDropped) return void call.emit('error', consumerTooSlow())
      live = false
      open = await send(call, new streams.ReadResp().setFellBehind(new streams.ReadResp.FellBehind()))
    }
    const event = index < log.visible ? log.events[index] : undefined
    if (event !== undefined) {
      index += 1
      if (matches(event)) open = await send(call, eventOf(event, true))
      if (open && filter !== undefined && index % interval === 0) open = await send(call, checkpointAt(event))
      continue
    }
    if (!live && open) open = await send(call, new streams.ReadResp().setCaughtUp(new streams.ReadResp.CaughtUp()))
    live = true
    if (open) await visibleBeyond(commits, index, call)
    open &&= !call.cancelled && !call.destroyed
  }
}
