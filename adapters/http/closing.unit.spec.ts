import { request as httpsRequest } from 'node:https'
import { connect } from 'node:net'
import { connect as connectSecurely, type SecureVersion } from 'node:tls'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { describe, expect, it } from 'vitest'
import { closed } from '../../events/schemas/common.js'
import { selfSignedCertificate } from '../../test/support/certificate.js'
import { httpDoor, type HttpDoor } from '../../test/support/http-door.js'
import { until } from '../../test/support/until.js'
import type { ApiRoute } from './api-route.js'

const slowRoute = (begun: () => void, end: Promise<void>): ApiRoute => ({
  method: 'GET', url: '/v1/slow', operationId: 'slow', summary: 'slow', tags: [], access: 'open', schema: { response: { 200: closed({}) } },
  handle: () => async () => {
    begun()
    await end
    return TE.right({ status: 200, body: { done: true } })()
  },
})

/** A listener with one request under way. */
const doorWithRequest = async (closeTimeoutMs?: number) => {
  let [begun, finish] = [false, (): void => undefined]
  const end = new Promise<void>((resolve) => { finish = resolve })
  const door = await httpDoor({ routes: [slowRoute(() => { begun = true }, end)], ...(closeTimeoutMs === undefined ? {} : { closeTimeoutMs }) })
  const answer = fetch(`${door.url}/v1/slow`).then((response) => response.json() as Promise<unknown>, () => 'cut')
  await until(() => begun)
  return { door, answer, finish }
}

const refusesConnections = async (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => { socket.destroy(); resolve(false) }).on('error', () => { resolve(true) })
  })

describe('closing', () => {
  it('lets requests under way finish and accepts nothing new', async () => {
    const { door, answer, finish } = await doorWithRequest()
    const closing = door.close()
    await until(() => refusesConnections(door.port))
    finish()
    const before = performance.now()
    expect(await answer).toEqual({ done: true })
    await closing
    await door.close()
    expect(performance.now() - before, 'its kept-alive connection is not waited for').toBeLessThan(2_000)
  })

  it('cuts what takes longer than its time', async () => {
    const { door, answer } = await doorWithRequest(50)
    await door.close()
    expect(await answer).toBe('cut')
  })

  it('does not wait for connections that are idle', async () => {
    const door = await httpDoor({ closeTimeoutMs: 5_000 })
    const idle = connect(door.port, '127.0.0.1')
    await fetch(`${door.url}/healthz`)
    const before = performance.now()
    await door.close()
    expect(performance.now() - before).toBeLessThan(2_000)
    idle.destroy()
  })
})

describe('TLS', () => {
  const certificate = selfSignedCertificate()
  const handshake = (door: HttpDoor, version: SecureVersion): Promise<string> =>
    new Promise((resolve) => {
      const socket = connectSecurely({ port: door.port, host: '127.0.0.1', minVersion: version, maxVersion: version, rejectUnauthorized: false }, () => {
        resolve(socket.getProtocol() ?? 'none')
        socket.destroy()
      }).on('error', () => { resolve('refused') })
    })

  it('E7: TLS 1.3 is accepted, 1.2 and older are refused, plain text is not understood', async () => {
    const door = await httpDoor({ tls: certificate })
    expect([await handshake(door, 'TLSv1.3'), await handshake(door, 'TLSv1.2'), await handshake(door, 'TLSv1.1')]).toEqual(['TLSv1.3', 'refused', 'refused'])
    const status = await new Promise((resolve, reject) => {
      httpsRequest({ port: door.port, host: '127.0.0.1', path: '/healthz', ca: certificate.certificate }, (answer) => { resolve(answer.resume().statusCode) }).on('error', reject).end()
    })
    expect(status).toBe(200)
    await expect(fetch(`http://127.0.0.1:${door.port}/healthz`)).rejects.toThrow()
    await door.close()
  })
})
