import type { Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** A server's connections and requests under way, for closing it: Node alone waits for connections that never asked. */
export interface Draining {
  /** Resolves once no request is under way. */
  readonly idle: () => Promise<void>
  /** Ends every connection; what was already written still leaves. */
  readonly cut: () => void
}

export const drainingOf = (server: Server): Draining => {
  const sockets = new Set<Socket>()
  const waiting: (() => void)[] = []
  let open = 0
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  server.on('request', (_request, answer: ServerResponse) => {
    open += 1
    answer.once('close', () => {
      open -= 1
      if (open === 0) for (const resolve of waiting.splice(0)) resolve()
    })
  })
  return {
    idle: () => (open === 0 ? Promise.resolve() : new Promise((resolve) => { waiting.push(resolve) })),
    cut: () => { for (const socket of sockets) socket.destroySoon() },
  }
}
