import type { Writable } from 'node:stream'
import type { ServerWritableStream } from '@grpc/grpc-js'
import type * as Streams from '@eventstore/db-client/generated/streams_pb.js'
import type { Log } from './log.js'

export type ReadCall = ServerWritableStream<Streams.ReadReq, Streams.ReadResp>

const MESSAGES_AT_ONCE = 64

/**
 * grpc-js hands a stream's next message on only when the one before has left, so one each turn of the loop. This hands on up to
 * 64 at once: the HTTP/2 stream below sends together what it is given in one turn.
 */
export const sendTogether = (call: Writable): void => {
  const write = call._write.bind(call)
  let leaving = 0
  call._write = (chunk, encoding, handedOn) => {
    leaving += 1
    const waits = leaving >= MESSAGES_AT_ONCE
    write(chunk, encoding, (error) => {
      leaving -= 1
      if (waits) handedOn(error)
    })
    if (!waits) handedOn()
  }
}

/** Writes with back-pressure: false when the reader has gone. */
export const send = (call: ReadCall, response: Streams.ReadResp): Promise<boolean> | boolean => {
  if (call.cancelled || call.destroyed) return false
  if (call.write(response)) return true
  return new Promise((resolve) => {
    const done = (open: boolean) => () => {
      for (const event of ['close', 'cancelled', 'error']) call.off(event, gone)
      call.off('drain', drained)
      resolve(open)
    }
    const [drained, gone] = [done(true), done(false)]
    call.on('drain', drained)
    for (const event of ['close', 'cancelled', 'error']) call.on(event, gone)
  })
}

/** The index of the first visible event at or after a position. */
export const indexAt = (log: Log, position: bigint): number => {
  let [low, high] = [0, log.visible]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((log.events[middle]?.position ?? 0n) < position) low = middle + 1
    else high = middle
  }
  return low
}
