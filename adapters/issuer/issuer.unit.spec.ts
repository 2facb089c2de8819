import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as O from 'fp-ts/lib/Option.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Problem } from '../../events/wire/answers.js'
import type { Profile } from '../../events/wire/commands.js'
import { problem } from '../../events/wire/problems.js'
import { rateLimits } from '../../events/rate-limits.js'
import { newId } from '../../platform/identifiers.js'
import { unlimited } from '../../platform/rate-limiter.js'
import { httpDoor, type HttpDoor } from '../../test/support/http-door.js'
import { jwtAuthenticator } from '../jwt/authenticator.js'
import { memoryIssuerStore } from '../memory/issuer-store.js'
import { memoryRateLimiter } from '../rate-limiter-flexible/memory.js'
import { createIssuer } from './issuer.js'
import { handleThrottle } from './throttle.js'
import { signingKeysIn } from './signing-keys.js'
import type { GivenTokens } from './sessions.js'

const folder = mkdtempSync(join(tmpdir(), 'tidings-issuer-'))
afterAll(() => { rmSync(folder, { recursive: true }) })

const password = 'correct horse battery staple'
const minute = 60_000
const hour = 60 * minute

/** Accounts as the command side keeps them, with what a crash leaves behind. */
const accounts = () => {
  const [handles, registered] = [new Map<string, string>(), new Map<string, Profile>()]
  const faults: { next: 'before claiming' | 'after claiming' | 'after registering' | undefined } = { next: undefined }
  const away = TE.left(problem('unavailable', { retryAfterMs: 10 }))
  const register = (account: string, profile: Profile): TE.TaskEither<Problem, unknown> => async () => {
    const fault = faults.next
    faults.next = undefined
    if (fault === 'before claiming') return away()
    const handle = profile.handle.toLowerCase()
    if ((handles.get(handle) ?? account) !== account) return TE.left(problem('handle-taken'))()
    handles.set(handle, account)
    if (fault === 'after claiming') return away()
    if (!registered.has(account)) registered.set(account, profile)
    return fault === 'after registering' ? away() : TE.right(undefined)()
  }
  return { handles, registered, faults, register, accountOf: (handle: string) => TE.right(O.fromNullable(handles.get(handle.toLowerCase()))) }
}

const setUp = async (limiter = unlimited) => {
  const [store, people, time] = [memoryIssuerStore(), accounts(), { now: 1_800_000_000_000 }]
  const clock = () => time.now
  const keys = signingKeysIn(join(folder, `${newId()}.json`), clock)
  const issuer = createIssuer({
    store, keys, clock, newId, accessTokenMinutes: 15, refreshTokenDays: 30, issuerUrl: 'https://tidings.example', audience: 'tidings',
    register: people.register, accountOf: people.accountOf, mayTry: handleThrottle(limiter, (handle) => handle.toLowerCase()),
  })
  const authenticator = jwtAuthenticator({ issuers: [], ownIssuer: issuer.trusted, denyList: store.denyList, clock })
  const door = await httpDoor({ routes: issuer.routes, authenticator })
  const post = async (path: string, body: object, token?: string) => {
    const headers = { 'content-type': 'application/json', ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) }
    const answer = await fetch(`${door.url}/v1/auth/${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
    const text = await answer.text()
    return { status: answer.status, body: (text === '' ? undefined : JSON.parse(text)) as GivenTokens & Problem }
  }
  const identify = async (token: string) => (await authenticator.identify(token)())._tag
  return { store, people, time, door, post, identify }
}

describe('the built-in issuer', () => {
  let world: Awaited<ReturnType<typeof setUp>>
  let door: HttpDoor
  beforeEach(async () => {
    world = await setUp()
    door = world.door
  })
  afterEach(() => door.close())

  const profile = { handle: 'Alice_1', name: 'Alice', email: 'alice@example.org' }
  const signUp = () => world.post('sign-up', { ...profile, password })
  const refresh = (refreshToken: string) => world.post('refresh', { refreshToken })

  it('signs up, signs in without regard to case, and its tokens are RFC 9068', async () => {
    const up = await signUp()
    expect(up).toMatchObject({ status: 201, body: { tokenType: 'Bearer', expiresIn: 900 } })
    expect(world.people.registered.get(up.body.account)).toEqual(profile)
    const signedIn = await world.post('sign-in', { handle: 'alice_1', password })
    expect(signedIn).toMatchObject({ status: 200, body: { account: up.body.account } })
    expect(decodeProtectedHeader(signedIn.body.accessToken)).toEqual({ alg: 'EdDSA', typ: 'at+jwt', kid: expect.any(String) })
    expect(decodeJwt(signedIn.body.accessToken)).toMatchObject({ iss: 'https://tidings.example', aud: 'tidings', sub: up.body.account, jti: expect.any(String) })
    expect(await world.identify(signedIn.body.accessToken)).toBe('Right')
  })

  it('an unknown handle and a wrong password are answered alike', async () => {
    await signUp()
    const answers = [await world.post('sign-in', { handle: 'alice_1', password: 'wrong' }), await world.post('sign-in', { handle: 'nobody', password })]
    expect(answers[0]).toEqual(answers[1])
    expect(answers[0]).toMatchObject({ status: 401, body: { type: 'urn:tidings:problem:wrong-credentials' } })
  })

  it('a handle that somebody else has is taken, whoever comes first of many', async () => {
    const answers = await Promise.all(Array.from({ length: 4 }, (_, index) => world.post('sign-up', { ...profile, password: `${password} ${index}` })))
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409])
    expect(answers.find(({ status }) => status === 409)?.body.type).toBe('urn:tidings:problem:handle-taken')
    expect(world.people.registered.size).toBe(1)
  })

  it('the same sign-up twice at once makes one account', async () => {
    const answers = await Promise.all([signUp(), signUp(), signUp()])
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201])
    expect(new Set(answers.map(({ body }) => body.account)).size).toBe(1)
    expect(world.people.registered.size).toBe(1)
  })

  it.each(['before claiming', 'after claiming', 'after registering'] as const)('a sign-up cut off %s leaves no half account: sent again it is done', async (when) => {
    world.people.faults.next = when
    expect(await signUp()).toMatchObject({ status: 503, body: { retryAfterMs: 10 } })
    if (when !== 'before claiming') expect((await world.post('sign-up', { ...profile, password: 'another password' })).status).toBe(409)
    const again = await signUp()
    expect(again.status).toBe(201)
    expect([...world.people.registered.keys()]).toEqual([again.body.account])
    expect((await world.post('sign-in', { handle: 'alice_1', password })).body.account).toBe(again.body.account)
  })

  it.each([
    ['shorter than 8 characters', { password: 'seven77' }],
    ['longer than 1,024', { password: 'x'.repeat(1_025) }],
    ['that is the handle', { handle: 'Alice_the_first', password: 'ALICE_the_first' }],
    ['that is the e-mail', { password: 'Alice@example.org' }],
  ])('a password %s is refused', async (_case, more) => {
    expect(await world.post('sign-up', { ...profile, ...more })).toMatchObject({ status: 400, body: { errors: [{ path: '/body/password' }] } })
    expect(world.people.registered.size).toBe(0)
  })

  it('a password is the same however its characters were composed', async () => {
    await world.post('sign-up', { ...profile, password: 'Zürich im Frühling' })
    expect((await world.post('sign-in', { handle: 'alice_1', password: 'Zürich im Frühling'.normalize('NFD') })).status).toBe(200)
  })

  it('each refresh token is good once; one that comes again after its successor was used ends the session, access tokens too', async () => {
    const first = (await signUp()).body
    const second = (await refresh(first.refreshToken)).body
    expect(second.account).toBe(first.account)
    expect(second.refreshToken).not.toBe(first.refreshToken)
    const third = (await refresh(second.refreshToken)).body
    expect(await refresh(first.refreshToken)).toMatchObject({ status: 401, body: { type: 'urn:tidings:problem:unauthenticated' } })
    expect((await refresh(third.refreshToken)).status).toBe(401)
    for (const { accessToken } of [first, second, third]) expect(await world.identify(accessToken)).toBe('Left')
    expect((await world.post('sign-in', { handle: 'alice_1', password })).status).toBe(200)
  })

  it('a refresh whose answer was lost is answered with the same successor within a minute, then it is reuse', async () => {
    const first = (await signUp()).body
    const answers = await Promise.all([refresh(first.refreshToken), refresh(first.refreshToken)])
    world.time.now += minute
    answers.push(await refresh(first.refreshToken))
    expect(new Set(answers.map(({ body }) => body.refreshToken)).size).toBe(1)
    world.time.now += 1
    expect((await refresh(first.refreshToken)).status).toBe(401)
    expect((await refresh(answers[0]?.body.refreshToken ?? '')).status).toBe(401)
  })

  it('a refresh token that is not used for 30 days is over; using it gives 30 more', async () => {
    const day = 24 * hour
    const first = (await signUp()).body
    world.time.now += 30 * day - 1
    const second = (await refresh(first.refreshToken)).body
    world.time.now += 30 * day
    expect((await refresh(second.refreshToken)).status).toBe(401)
  })

  it.each(['', 'x', 'a'.repeat(64), 'a'.repeat(300)])('the refresh token %j is none of ours', async (token) => {
    expect([400, 401]).toContain((await refresh(token)).status)
  })

  it('signing out ends the session and its access tokens at once, and no other session', async () => {
    const [one, two] = [(await signUp()).body, (await world.post('sign-in', { handle: 'alice_1', password })).body]
    const older = one.accessToken
    const fresh = (await refresh(one.refreshToken)).body
    expect(await world.post('sign-out', { refreshToken: fresh.refreshToken })).toMatchObject({ status: 401 })
    expect(await world.post('sign-out', { refreshToken: fresh.refreshToken }, fresh.accessToken)).toMatchObject({ status: 204 })
    expect([await world.identify(fresh.accessToken), await world.identify(older), await world.identify(two.accessToken)]).toEqual(['Left', 'Left', 'Right'])
    expect([(await refresh(fresh.refreshToken)).status, (await refresh(two.refreshToken)).status]).toEqual([401, 200])
  })

  it('signing out with the access token of another session ends both', async () => {
    const [one, two] = [(await signUp()).body, (await world.post('sign-in', { handle: 'alice_1', password })).body]
    expect((await world.post('sign-out', { refreshToken: one.refreshToken }, two.accessToken)).status).toBe(204)
    expect([await world.identify(one.accessToken), await world.identify(two.accessToken)]).toEqual(['Left', 'Left'])
  })

  it('a flood of sign-ins is told to wait, and those that were taken are answered', async () => {
    await signUp()
    const answers = await Promise.all(Array.from({ length: 40 }, () => world.post('sign-in', { handle: 'alice_1', password })))
    const count = (status: number) => answers.filter((answer) => answer.status === status).length
    expect(count(200) + count(503)).toBe(40)
    expect(count(200)).toBeGreaterThanOrEqual(18)
    for (const { status, body } of answers) if (status === 503) expect(body).toMatchObject({ type: 'urn:tidings:problem:busy', retryAfterMs: 1_000 })
  })

  it('its keys are at the well-known address, public parts only', async () => {
    const jwks = (await (await fetch(`${door.url}/.well-known/jwks.json`)).json()) as { keys: object[] }
    expect(jwks.keys.map((key) => Object.keys(key).sort())).toEqual([['alg', 'crv', 'kid', 'kty', 'use', 'x']])
    expect(await (await fetch(`${door.url}/.well-known/openid-configuration`)).json()).toMatchObject({ issuer: 'https://tidings.example', jwks_uri: 'https://tidings.example/.well-known/jwks.json' })
  })

  it('neither logs nor metrics carry passwords, tokens, handles or names', async () => {
    const { accessToken, refreshToken, account } = (await signUp()).body
    await world.post('sign-in', { handle: 'alice_1', password: 'wrong canary' })
    await world.post('sign-up', { ...profile, password: 'canary', extra: 'canary' })
    const renewed = (await refresh(refreshToken)).body
    await world.post('sign-out', { refreshToken: renewed.refreshToken }, accessToken)
    const everything = [...door.lines, await (await fetch(`${door.url}/metrics`)).text()].join('\n')
    expect(door.lines.length).toBeGreaterThan(4)
    for (const secret of [accessToken, refreshToken, renewed.refreshToken, account, password, 'canary', 'alice', 'Alice']) expect(everything).not.toContain(secret)
  })
})

describe('how often a handle may be tried', () => {
  it('a known and an unknown handle are refused alike, the same from sign-up, and another handle is not', async () => {
    const { door, post, people } = await setUp(memoryRateLimiter(rateLimits))
    const profile = { name: 'Ada', password }
    expect((await post('sign-up', { ...profile, handle: 'ada' })).status).toBe(201)
    const tries = async (handle: string, count: number) => {
      const statuses: number[] = []
      for (let at = 0; at < count; at += 1) statuses.push((await post('sign-in', { handle, password: 'wrong' })).status)
      return statuses
    }
    expect(await tries('ADA', 9)).toEqual(Array(9).fill(401))
    expect(await tries('nobody', 10)).toEqual(Array(10).fill(401))
    const told = async (path: string, handle: string) => {
      const { status, body } = await post(path, path === 'sign-in' ? { handle, password } : { ...profile, handle })
      return { status, type: body.type, detail: body.detail, waits: (body.retryAfterMs ?? 0) > 250_000 }
    }
    const limited = { status: 429, type: 'urn:tidings:problem:rate-limited', detail: expect.any(String), waits: true }
    for (const handle of ['ada', 'Ada', 'nobody']) for (const path of ['sign-in', 'sign-up']) expect(await told(path, handle)).toEqual(limited)
    expect(await tries('other', 1)).toEqual([401])
    expect([...people.handles.keys()]).toEqual(['ada'])
    await door.close()
  })
})
