import type { Socket, SocketServer } from '../../../gateway/ports.js'

export interface Connecting {
  readonly origin?: string
  readonly authorization?: string
  readonly protocols?: ReadonlyArray<string>
}

/** The client's end of a socket under test. */
export interface Peer {
  readonly send: (frame: string) => void
  readonly frames: ReadonlyArray<string>
  readonly closed: Promise<number>
  readonly stall: () => void
  readonly read: () => void
  readonly cut: () => void
}

export interface SocketServerSubject {
  readonly server: SocketServer
  /** Rejects when the server is not there or refuses. */
  readonly connect: (port: number, options?: Connecting) => Promise<Peer>
}

export const allowedOrigin = 'https://app.example'

/** Everything that the server told its handlers, in order. */
export interface Heard {
  readonly opened: ReadonlyArray<{ readonly socket: Socket; readonly bearer: string | undefined }>
  readonly received: ReadonlyArray<{ readonly socket: Socket; readonly frame: string }>
  readonly drained: ReadonlyArray<{ readonly socket: Socket; readonly bytes: number }>
  readonly closed: ReadonlyArray<Socket>
}
