import type { WebSocket } from 'uWebSockets.js'
import { closeCodes } from '../../events/wire/close-codes.js'
import type { Socket } from '../../gateway/ports.js'

export interface SocketData {
  readonly bearer: string | undefined
  readonly address: string
  open: OpenSocket | undefined
}

export interface OpenSocket {
  readonly socket: Socket
  /** The native socket must not be touched any more. */
  readonly gone: () => void
}

/** A native socket as the gateway sees it: harmless after its end, where the native one throws. */
export const createSocket = (native: WebSocket<SocketData>, remoteAddress: string): OpenSocket => {
  let ws: WebSocket<SocketData> | undefined = native
  return {
    gone: () => { ws = undefined },
    socket: {
      remoteAddress,
      send: (frame) => {
        if (ws === undefined) return 0
        ws.send(frame, false, false)
        return ws.getBufferedAmount()
      },
      close: (reason) => { ws?.end(closeCodes[reason].code, reason) },
      batched: (work) => {
        if (ws === undefined) work()
        else ws.cork(work)
      },
    },
  }
}
