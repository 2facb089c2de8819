import { mkdtempSync, writeFileSync, rmSync } from 'node:fs'
import { get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import { describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { uwsSocketServer } from '../../adapters/uws/socket-server.js'
import type { SocketHandlers } from '../../gateway/ports.js'
import { selfSignedCertificate } from '../support/certificate.js'
import { socketServerContract } from './socket-server/index.js'
import { allowedOrigin, type Connecting, type Peer } from './socket-server/subject.js'

const host = '127.0.0.1'

const peerOf = (url: string, { origin, authorization, protocols = [] }: Connecting = {}): Promise<Peer & { readonly protocol: string }> =>
  new Promise((resolve, reject) => {
    const headers = authorization === undefined ? {} : { authorization }
    const socket = new WebSocket(url, [...protocols], { headers, ...(origin === undefined ? {} : { origin }), rejectUnauthorized: false })
    const frames: string[] = []
    const closed = new Promise<number>((tell) => { socket.on('close', tell) })
    socket.on('message', (data: Buffer) => { frames.push(data.toString('utf8')) })
    socket.on('error', reject)
    socket.on('open', () => {
      resolve({
        frames, closed, protocol: socket.protocol,
        send: (frame) => { socket.send(frame) },
        stall: () => { socket.pause() },
        read: () => { socket.resume() },
        cut: () => { socket.terminate() },
      })
    })
  })

socketServerContract('uws', async () => ({
  server: uwsSocketServer({ host, port: 0, allowedOrigins: [allowedOrigin] }),
  connect: (port, options) => peerOf(`ws://${host}:${port}/`, options),
}))

const silent: SocketHandlers = { opened: () => undefined, received: () => undefined, drained: () => undefined, closed: () => undefined }

describe('sockets on uWebSockets.js', () => {
  it('a port that is taken is refused loudly', async () => {
    const first = await uwsSocketServer({ host, port: 0, allowedOrigins: [] }).listen(silent)
    await expect(uwsSocketServer({ host, port: first.port, allowedOrigins: [] }).listen(silent)).rejects.toThrow(`port ${first.port}`)
    await first.close()
  })

  it('RFC 6455: the answer names an offered subprotocol, never the token where another is offered', async () => {
    const server = await uwsSocketServer({ host, port: 0, allowedOrigins: [] }).listen(silent)
    expect((await peerOf(`ws://${host}:${server.port}`, { protocols: ['tidings.bearer.t', 'tidings'] })).protocol).toBe('tidings')
    expect((await peerOf(`ws://${host}:${server.port}`, { protocols: ['tidings.bearer.t'] })).protocol).toBe('tidings.bearer.t')
    await server.close()
  })

  it('plain HTTP is answered 426', async () => {
    const server = await uwsSocketServer({ host, port: 0, allowedOrigins: [] }).listen(silent)
    const status = await new Promise((resolve, reject) => {
      get({ host, port: server.port, path: '/', agent: false }, (answer) => { answer.resume(); resolve(answer.statusCode) }).on('error', reject)
    })
    expect(status).toBe(426)
    await server.close()
  })

  it('E7: with certificate files TLS 1.3 is spoken and 1.2 refused; files that do not serve refuse to start', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tidings-tls-'))
    const { certificate, key } = selfSignedCertificate()
    const [certificateFile, keyFile] = [join(folder, 'certificate.pem'), join(folder, 'key.pem')]
    writeFileSync(certificateFile, certificate)
    writeFileSync(keyFile, key, { mode: 0o600 })
    const server = await uwsSocketServer({ host, port: 0, allowedOrigins: [], tls: { certificateFile, keyFile } }).listen(silent)
    const handshake = (maxVersion: 'TLSv1.2' | 'TLSv1.3') => new Promise<string | null>((resolve, reject) => {
      const socket = connectTls({ host, port: server.port, maxVersion, minVersion: 'TLSv1.2', rejectUnauthorized: false }, () => {
        resolve(socket.getProtocol())
        socket.destroy()
      })
      socket.on('error', reject)
    })
    await expect(handshake('TLSv1.3')).resolves.toBe('TLSv1.3')
    await expect(handshake('TLSv1.2')).rejects.toThrow(/handshake failure/u)
    const peer = await peerOf(`wss://${host}:${server.port}`)
    peer.cut()
    await server.close()
    const broken = uwsSocketServer({ host, port: 0, allowedOrigins: [], tls: { certificateFile, keyFile: certificateFile } })
    await expect(broken.listen(silent)).rejects.toThrow()
    rmSync(folder, { recursive: true })
  })
})
