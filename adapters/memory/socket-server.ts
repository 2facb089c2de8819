import type { CloseReason } from '../../events/wire/close-codes.js'
import { closeCodes } from '../../events/wire/close-codes.js'
import type { Socket, SocketHandlers, SocketServer } from '../../gateway/ports.js'
import { bearerOf } from '../socket-bearer.js'

export interface MemoryConnecting {
  readonly origin?: string
  readonly authorization?: string
  readonly protocols?: ReadonlyArray<string>
}

/** The client's end of a socket in memory. */
export interface MemoryClient {
  readonly send: (frame: string) => void
  /** Everything that has arrived. */
  readonly frames: ReadonlyArray<string>
  /** Called with each frame from then on. */
  readonly onFrame: (hear: (frame: string) => void) => void
  /** The close code once the socket is closed; 1006 when it was cut. */
  readonly closed: Promise<number>
  /** Stops reading: what is sent waits at the server once 64 KiB are under way. */
  readonly stall: () => void
  readonly read: () => void
  /** Closes in order, or cuts: what is under way in either direction is lost. */
  readonly close: () => void
  readonly cut: () => void
}

export interface MemorySocketServer extends SocketServer {
  /** Rejects when the server is not there or refuses the origin. */
  readonly connect: (options?: MemoryConnecting) => Promise<MemoryClient>
}

const UNDER_WAY_BYTES = 64 * 1024
const NORMAL = 1_000
const ABNORMAL = 1_006

interface Ends {
  readonly socket: Socket
  readonly client: MemoryClient
}

/** Frames on their way to the client: 64 KiB are under way, what is more waits at the server. */
const pipeTo = (arrive: (frame: string) => void, onDrained: (bytes: number) => void) => {
  let waiting: string[] = []
  let [bytes, stalled, full] = [0, false, false]
  const held = (): number => Math.max(0, bytes - UNDER_WAY_BYTES)
  const deliver = (): void => {
    for (let frame = waiting[0]; !stalled && frame !== undefined; frame = waiting[0]) {
      waiting.shift()
      bytes -= Buffer.byteLength(frame)
      arrive(frame)
    }
    if (!full || held() > 0) return
    full = false
    onDrained(0)
  }
  return {
    deliver,
    /** What waits at the server with the frame added. */
    add: (frame: string): number => {
      waiting.push(frame)
      bytes += Buffer.byteLength(frame)
      queueMicrotask(deliver)
      full ||= held() > 0
      return held()
    },
    stall: (on: boolean): void => { stalled = on },
    lose: (): void => { waiting = [] },
  }
}

const createEnds = (handlers: SocketHandlers, forget: (ends: Ends) => void): Ends => {
  const frames: string[] = []
  let [open, hear, tellClosed] = [true, (_frame: string): void => undefined, (_code: number): void => undefined]
  const closed = new Promise<number>((resolve) => { tellClosed = resolve })
  const pipe = pipeTo((frame) => {
    frames.push(frame)
    hear(frame)
  }, (bytes) => { if (open) handlers.drained(socket, bytes) })
  const end = (code: number): void => {
    if (!open) return
    open = false
    pipe.lose()
    forget(ends)
    queueMicrotask(() => {
      handlers.closed(socket)
      tellClosed(code)
    })
  }
  const socket: Socket = {
    send: (frame) => (open ? pipe.add(typeof frame === 'string' ? frame : Buffer.from(frame).toString('utf8')) : 0),
    close: (reason: CloseReason) => {
      pipe.deliver()
      end(closeCodes[reason].code)
    },
    batched: (work) => { work() },
    remoteAddress: '127.0.0.1',
  }
  const client: MemoryClient = {
    frames, closed,
    send: (frame) => queueMicrotask(() => { if (open) handlers.received(socket, frame) }),
    onFrame: (next) => { hear = next },
    stall: () => { pipe.stall(true) },
    read: () => {
      pipe.stall(false)
      pipe.deliver()
    },
    close: () => { end(NORMAL) },
    cut: () => { end(ABNORMAL) },
  }
  const ends = { socket, client }
  return ends
}

/** The complete socket server in memory, for tests: both directions are asynchronous and in order, and a reader can stall. */
export const memorySocketServer = (allowedOrigins: ReadonlyArray<string> = []): MemorySocketServer => {
  let listening: SocketHandlers | undefined
  const open = new Set<Ends>()

  return {
    listen: async (handlers) => {
      if (listening !== undefined) throw new Error('this socket server listens already')
      listening = handlers
      const close = async (): Promise<void> => {
        listening = undefined
        for (const { client } of open) client.cut()
      }
      return { port: 0, close }
    },
    connect: async ({ origin, authorization, protocols = [] } = {}) => {
      if (listening === undefined) throw new Error('nobody listens')
      if (origin !== undefined && !allowedOrigins.includes(origin)) throw new Error('this origin is not allowed')
      const ends = createEnds(listening, (gone) => { open.delete(gone) })
      open.add(ends)
      listening.opened(ends.socket, { bearer: bearerOf(authorization, protocols).bearer })
      return ends.client
    },
  }
}
