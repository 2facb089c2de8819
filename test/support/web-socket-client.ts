import { once } from 'node:events'
import WebSocket from 'ws'
import type { MemoryClient, MemorySocketServer } from '../../adapters/memory/socket-server.js'

/** The client's end of a real socket, as that of one in memory. */
export const webSocketServer = (url: string): Pick<MemorySocketServer, 'connect'> => ({
  connect: async ({ authorization } = {}): Promise<MemoryClient> => {
    const socket = new WebSocket(url, { headers: authorization === undefined ? {} : { authorization } })
    const frames: string[] = []
    const hearers: ((frame: string) => void)[] = []
    socket.on('message', (data: Buffer) => {
      const frame = data.toString('utf8')
      frames.push(frame)
      for (const hear of hearers) hear(frame)
    })
    const closed = new Promise<number>((resolve) => socket.on('close', resolve))
    socket.on('error', () => undefined)
    await once(socket, 'open')
    return {
      frames, closed,
      send: (frame) => { socket.send(frame) },
      onFrame: (hear) => { hearers.push(hear) },
      stall: () => { socket.pause() },
      read: () => { socket.resume() },
      close: () => { socket.close(1000) },
      cut: () => { socket.terminate() },
    }
  },
})
