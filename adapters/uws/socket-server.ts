import { setTimeout as after } from 'node:timers/promises'
import {
  App, SSLApp, us_listen_socket_close, us_socket_local_port,
  type HttpRequest, type HttpResponse, type TemplatedApp, type us_listen_socket, type us_socket_context_t, type WebSocketBehavior,
} from 'uWebSockets.js'
import { limits } from '../../events/limits.js'
import type { SocketHandlers, SocketServer } from '../../gateway/ports.js'
import { clientAddress, type IsTrusted } from '../../platform/network-address.js'
import { bearerOf } from '../socket-bearer.js'
import { createSocket, type OpenSocket, type SocketData } from './socket.js'

export interface UwsOptions {
  readonly host: string
  /** 0: a free one. */
  readonly port: number
  /** Browser origins that may connect, exact. A request without an Origin is no browser's and may. */
  readonly allowedOrigins: ReadonlyArray<string>
  /** Proxies whose X-Forwarded-For is believed; without it nobody's. */
  readonly trusted?: IsTrusted
  /** PEM files; with them TLS 1.3 and nothing older. */
  readonly tls?: { readonly certificateFile: string; readonly keyFile: string }
}

/** Room over the protocol's own bound, so that a frame somewhat too large is answered before the close. */
const INBOUND_BYTES = 4 * limits.frameBytes
/** Close frames that are on their way may arrive before what is left is cut. */
const LINGER_MS = 100
/** Behind the gateway's own heartbeats: frees sockets whose close frame nobody takes. */
const IDLE_SECONDS = 120

/**
 * uSockets accepts TLS 1.2 and 1.3 and has no setting for it. With pre-shared-key suites only, and no such key, TLS 1.2 has
 * nothing to agree on and ends with a handshake failure; the suites of TLS 1.3 are not chosen by this list.
 */
const NO_TLS_1_2 = 'ECDHE-PSK-AES128-CBC-SHA'

const nobodyTrusted: IsTrusted = () => false

const listOf = (header: string): ReadonlyArray<string> => header.split(',').map((name) => name.trim()).filter((name) => name !== '')

const upgrade = (allowed: ReadonlySet<string>, trusted: IsTrusted) => (res: HttpResponse, req: HttpRequest, context: us_socket_context_t): void => {
  const origin = req.getHeader('origin')
  if (origin !== '' && !allowed.has(origin)) {
    res.writeStatus('403 Forbidden').end('This origin may not connect.')
    return
  }
  const { bearer, protocol } = bearerOf(req.getHeader('authorization'), listOf(req.getHeader('sec-websocket-protocol')))
  const address = clientAddress(Buffer.from(res.getRemoteAddressAsText()).toString(), req.getHeader('x-forwarded-for'), trusted)
  const data: SocketData = { bearer, address, open: undefined }
  res.upgrade(data, req.getHeader('sec-websocket-key'), protocol ?? '', req.getHeader('sec-websocket-extensions'), context)
}

const behaviour = (handlers: SocketHandlers, { allowedOrigins, trusted = nobodyTrusted }: UwsOptions): WebSocketBehavior<SocketData> => ({
  maxPayloadLength: INBOUND_BYTES,
  // The gateway bounds what waits; nothing may be left out in between.
  maxBackpressure: 0,
  idleTimeout: IDLE_SECONDS,
  sendPingsAutomatically: false,
  upgrade: upgrade(new Set(allowedOrigins), trusted),
  open: (ws) => {
    const data = ws.getUserData()
    const opened: OpenSocket = createSocket(ws, data.address)
    data.open = opened
    handlers.opened(opened.socket, { bearer: data.bearer })
  },
  message: (ws, message, isBinary) => {
    const { open } = ws.getUserData()
    if (isBinary) open?.socket.close('protocolError')
    else if (open !== undefined) handlers.received(open.socket, Buffer.from(message).toString('utf8'))
  },
  drain: (ws) => {
    const { open } = ws.getUserData()
    if (open !== undefined) handlers.drained(open.socket, ws.getBufferedAmount())
  },
  close: (ws) => {
    const { open } = ws.getUserData()
    if (open === undefined) return
    open.gone()
    handlers.closed(open.socket)
  },
})

const listenOn = (app: TemplatedApp, { host, port }: UwsOptions): Promise<us_listen_socket> =>
  new Promise((resolve, reject) => {
    app.listen(host, port, (listening) => {
      if (listening === false) reject(new Error(`cannot listen on ${host} port ${port}: is it taken, or below 1024 without the right to it?`))
      else resolve(listening)
    })
  })

/** Sockets on uWebSockets.js. `listen` rejects when the port cannot be had or the TLS files do not serve. */
export const uwsSocketServer = (options: UwsOptions): SocketServer => ({
  listen: async (handlers) => {
    const { tls } = options
    const app = tls === undefined ? App() : SSLApp({ cert_file_name: tls.certificateFile, key_file_name: tls.keyFile, ssl_ciphers: NO_TLS_1_2 })
    app.ws('/*', behaviour(handlers, options))
    app.any('/*', (res) => { res.writeStatus('426 Upgrade Required').writeHeader('Upgrade', 'websocket').end('WebSockets only; see docs/protocol.md.') })
    const listening = await listenOn(app, options)
    let closed = false
    const close = async (): Promise<void> => {
      if (closed) return
      closed = true
      us_listen_socket_close(listening)
      await after(LINGER_MS)
      app.close()
    }
    return { port: us_socket_local_port(listening), close }
  },
})
