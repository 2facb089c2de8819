/** What the client needs of a WebSocket: the browser's, Node's and that of `ws` have it. */
export interface SocketLike {
  onopen: (() => void) | null
  onmessage: ((message: { readonly data: unknown }) => void) | null
  onclose: ((close: { readonly code: number }) => void) | null
  onerror: (() => void) | null
  readonly send: (frame: string) => void
  readonly close: (code?: number) => void
  /** Cuts without a closing handshake, where the platform can. */
  readonly terminate?: () => void
}

export type SocketConstructor = new (url: string) => SocketLike

/** The platform's WebSocket, else that of `ws` without compression, whose memory a process of many clients cannot afford. */
export const platformSocket = async (): Promise<SocketConstructor> => {
  const native = (globalThis as { WebSocket?: SocketConstructor }).WebSocket
  if (native !== undefined) return native
  const { WebSocket } = await import('ws')
  return class extends WebSocket {
    constructor(url: string) {
      super(url, { perMessageDeflate: false })
    }
  } as unknown as SocketConstructor
}

export const listen = (
  socket: SocketLike,
  { opened, received, closed }: { readonly opened: () => void; readonly received: (data: unknown) => void; readonly closed: (code: number) => void },
): void => {
  socket.onopen = opened
  socket.onmessage = ({ data }) => { received(data) }
  socket.onclose = ({ code }) => { closed(code) }
  socket.onerror = () => undefined
}

/** Cuts the socket and hears nothing of it any more. */
export const abandon = (socket: SocketLike): void => {
  socket.onopen = null
  socket.onmessage = null
  socket.onclose = null
  socket.onerror = () => undefined
  if (socket.terminate === undefined) socket.close()
  else socket.terminate()
}

/** Says a last word and closes; resolves once the other side has closed too, or cuts after `withinMs`. */
export const depart = (socket: SocketLike, lastWord: string, code: number, withinMs: number): Promise<void> =>
  new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      abandon(socket)
      resolve()
    }
    const timer = setTimeout(done, withinMs)
    socket.onmessage = null
    socket.onclose = done
    try {
      socket.send(lastWord)
      socket.close(code)
    } catch {
      done()
    }
  })
