import * as E from 'fp-ts/lib/Either.js'
import { decode, type Decoded } from '../../events/codec.js'
import type { Position, RecordedEvent } from '../../events/event-store.js'
import { mayTell, noticesOf } from '../../events/notifications.js'
import { streamId } from '../../events/streams.js'
import { pushLimits } from '../limits.js'
import type { PushBatch } from '../ports.js'

export interface LogBatch {
  readonly partition: number
  readonly events: ReadonlyArray<RecordedEvent>
  readonly through: Position
}

const concerns = (event: RecordedEvent): boolean => event.type === 'DeviceRevoked' || mayTell(event)

const decodedOf = (event: RecordedEvent): ReadonlyArray<Decoded> => {
  const decoded = concerns(event) ? decode(event) : undefined
  return decoded === undefined || E.isLeft(decoded) ? [] : [decoded.right]
}

/** Whom the batch tells of something, and which devices are pushed to no more. What is too old to be pushed is left out. */
export const pushBatchOf = ({ partition, events, through }: LogBatch, partitions: number, now: number): PushBatch => {
  const decoded = events.flatMap(decodedOf)
  return {
    partition, partitions, through,
    revoked: decoded.flatMap((event) => (event.type === 'DeviceRevoked' ? [{ account: streamId(event.stream), device: event.data.deviceId }] : [])),
    notices: decoded.flatMap(noticesOf).flatMap(({ id, account, position, at }) => (now - at < pushLimits.lifetimeMs ? [{ id, account, position, at }] : [])),
  }
}
