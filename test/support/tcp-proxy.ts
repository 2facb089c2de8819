import type { Socket } from 'node:net'
import { connect, createServer } from 'node:net'

/** A fixed address before a server that may go away and come back elsewhere. */
export interface TcpProxy {
  readonly port: number
  /** Where connections go from now on; undefined: they are refused. Those that are open are cut. */
  readonly lead: (port: number | undefined) => void
  readonly close: () => Promise<void>
}

export const tcpProxy = (): Promise<TcpProxy> => {
  const open = new Set<Socket>()
  let target: number | undefined
  const keep = (socket: Socket): Socket => {
    open.add(socket)
    return socket.on('error', () => undefined).on('close', () => open.delete(socket))
  }
  const cut = () => { for (const socket of open) socket.destroy() }
  const server = createServer((incoming) => {
    keep(incoming)
    if (target === undefined) {
      incoming.destroy()
      return
    }
    const outgoing = keep(connect(target, '127.0.0.1'))
    incoming.pipe(outgoing).on('close', () => incoming.destroy())
    outgoing.pipe(incoming).on('close', () => outgoing.destroy())
  })
  const lead = (port: number | undefined) => {
    target = port
    cut()
  }
  const close = () => new Promise<void>((resolve) => { server.close(() => resolve()); cut() })
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve({ port: address !== null && typeof address === 'object' ? address.port : 0, lead, close })
    })
  })
}
