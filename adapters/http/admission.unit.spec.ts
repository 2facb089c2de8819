import * as TE from 'fp-ts/lib/TaskEither.js'
import Type from 'typebox'
import { afterEach, describe, expect, it } from 'vitest'
import { closed } from '../../events/schemas/common.js'
import { newId } from '../../platform/identifiers.js'
import { inNetworks } from '../../platform/network-address.js'
import type { RateKeys } from '../../platform/rate-limiter.js'
import { httpDoor, trustingAuthenticator, type HttpDoor } from '../../test/support/http-door.js'
import { memoryRateLimiter } from '../rate-limiter-flexible/memory.js'
import type { ApiRoute } from './api-route.js'

const [ada, ben, device] = [newId(), newId(), newId()]
let door: HttpDoor | undefined
afterEach(() => door?.close())

let handled = 0
const body = closed({ text: Type.String() })
const route = (operationId: string, more: Partial<ApiRoute>): ApiRoute => ({
  method: 'POST', url: `/${operationId}`, operationId, summary: operationId, tags: [], access: 'account', schema: { body, response: { 200: Type.Object({}) } },
  handle: () => TE.fromIO(() => { handled += 1; return { status: 200, body: {} } }), ...more,
})
const routes = [
  route('command', {}), route('onDevice', { access: 'device' }), route('open', { access: 'open' }), route('dear', { action: 'search' }),
  route('look', { method: 'GET', schema: { response: { 200: Type.Object({}) } } }),
]

const ask = (operationId: string, headers: Record<string, string> = {}, text = '{"text":"x"}') => {
  if (door === undefined) throw new Error('no door')
  return operationId === 'look'
    ? fetch(`${door.url}/look`, { headers })
    : fetch(`${door.url}/${operationId}`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: text })
}
const as = (account: string, more: Record<string, string> = {}) => ({ authorization: `Bearer ${account}`, ...more })
const statuses = async (count: number, once: () => Promise<Response>): Promise<ReadonlyArray<number>> => {
  const found: number[] = []
  for (let at = 0; at < count; at += 1) found.push((await once()).status)
  return found
}

const small = (scope: string, costs: Record<string, number>, points = 3) => memoryRateLimiter({ small: { scope, points, refillSeconds: 60, costs } })
const authenticator = trustingAuthenticator([ada, ben])

describe('rates over HTTP', () => {
  it('what is too much is a problem with Retry-After in seconds, the handler is not called, and others go on', async () => {
    door = await httpDoor({ routes, authenticator, rateLimiter: small('account', { command: 1 }) })
    handled = 0
    expect(await statuses(4, () => ask('command', as(ada)))).toEqual([200, 200, 200, 429])
    const refused = await ask('command', as(ada))
    expect(refused.headers.get('content-type')).toContain('application/problem+json')
    const problem = (await refused.json()) as { retryAfterMs: number; type: string; detail: string }
    expect(problem).toMatchObject({ type: 'urn:tidings:problem:rate-limited', status: 429, detail: expect.stringContaining('retryAfterMs') })
    expect(problem.retryAfterMs).toBeGreaterThan(55_000)
    expect(Number(refused.headers.get('retry-after'))).toBe(Math.ceil(problem.retryAfterMs / 1_000))
    expect([handled, await statuses(1, () => ask('command', as(ben)))]).toEqual([3, [200]])
  })

  it('it is refused before the body is read: also one that would be wrong or too large', async () => {
    door = await httpDoor({ routes, authenticator, rateLimiter: small('account', { command: 1 }, 1) })
    await ask('command', as(ada))
    for (const text of ['nonsense', JSON.stringify({ text: 'x'.repeat(100_000) })]) expect((await ask('command', as(ada), text)).status).toBe(429)
  })

  it('a request counts as what its route says, else by its method', async () => {
    const asked: Array<readonly [RateKeys, string]> = []
    door = await httpDoor({ routes, authenticator, rateLimiter: { consume: (keys, action) => TE.fromIO(() => { asked.push([keys, action]) }) } })
    for (const one of ['command', 'onDevice', 'open', 'dear', 'look']) await ask(one, as(ada, { 'tidings-device': device }))
    await ask('command', as('nobody'))
    const address = '127.0.0.1'
    expect(asked).toEqual([
      [{ address, account: ada }, 'command'], [{ address, account: ada, device: `${ada}/${device}` }, 'command'], [{ address }, 'command'],
      [{ address, account: ada }, 'search'], [{ address, account: ada }, 'query'], [{ address }, 'stranger'],
    ])
  })

  it('whoever comes without a token is counted by address, and then waits', async () => {
    door = await httpDoor({ routes, authenticator, rateLimiter: small('address', { stranger: 1 }) })
    expect(await statuses(4, () => ask('command', as('nobody')))).toEqual([401, 401, 401, 429])
    expect(await statuses(1, () => ask('command', as(ada)))).toEqual([200])
  })

  it('naming another\'s device draws from the own bucket', async () => {
    door = await httpDoor({ routes, authenticator, rateLimiter: small('device', { command: 1 }) })
    expect(await statuses(4, () => ask('onDevice', as(ben, { 'tidings-device': device })))).toEqual([200, 200, 200, 429])
    expect(await statuses(1, () => ask('onDevice', as(ada, { 'tidings-device': device })))).toEqual([200])
  })

  it('X-Forwarded-For counts from trusted proxies only', async () => {
    const limited = () => small('address', { command: 1 }, 1)
    const from = (address: string) => () => ask('open', { 'x-forwarded-for': address })
    door = await httpDoor({ routes, authenticator, rateLimiter: limited() })
    expect([await statuses(1, from('192.0.2.1')), await statuses(1, from('192.0.2.2'))]).toEqual([[200], [429]])
    await door.close()
    door = await httpDoor({ routes, authenticator, rateLimiter: limited(), trusted: inNetworks(['127.0.0.0/8']) })
    expect([await statuses(2, from('192.0.2.1')), await statuses(2, from('192.0.2.9, 192.0.2.2'))]).toEqual([[200, 429], [200, 429]])
    expect(await statuses(1, from('192.0.2.10, 192.0.2.2'))).toEqual([429])
  })

  it('a route that counts as nothing known does not start', async () => {
    await expect(httpDoor({ routes: [route('odd', { action: 'shout' })] })).rejects.toThrow('odd counts as shout')
  })
})
