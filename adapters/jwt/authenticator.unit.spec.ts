import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { createHmac, generateKeyPairSync, randomBytes, sign as signBytes } from 'node:crypto'
import { exportJWK, exportSPKI, generateKeyPair, SignJWT, type CryptoKey, type JWTHeaderParameters, type JWTPayload } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { accountIdOf, isId } from '../../events/ids.js'
import { newId } from '../../platform/identifiers.js'
import { memoryIssuerStore } from '../memory/issuer-store.js'
import { jwtAuthenticator, type TrustedIssuer } from './authenticator.js'

const now = 1_800_000_000_000
const seconds = now / 1_000
const issuer = 'https://issuer.example'
const own = 'https://own.example'
const audience = 'tidings'
const account = newId()

const claims = (more: JWTPayload = {}): JWTPayload => ({ iss: issuer, aud: audience, sub: 'alice', iat: seconds, exp: seconds + 600, jti: 'one', ...more })
const without = (name: string): JWTPayload => Object.fromEntries(Object.entries(claims()).filter(([key]) => key !== name))
const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

describe('the JWT authenticator', () => {
  let keys: { readonly privateKey: CryptoKey; readonly publicKey: CryptoKey }
  let trusted: TrustedIssuer
  let stranger: CryptoKey
  let rsa: CryptoKey
  beforeAll(async () => {
    keys = await generateKeyPair('ES256', { extractable: true })
    stranger = (await generateKeyPair('ES256')).privateKey
    const jwk = { ...(await exportJWK(keys.publicKey)), kid: 'k1' }
    const { privateKey, publicKey } = await generateKeyPair('RS512', { extractable: true })
    rsa = privateKey
    const rsaJwk = { ...(await exportJWK(publicKey)), kid: 'r1' }
    trusted = { issuer, audience, jwks: async () => ({ keys: [jwk, rsaJwk] }) }
  })

  const signed = (payload: JWTPayload, header: Partial<JWTHeaderParameters> = {}, key = keys.privateKey) =>
    new SignJWT(payload).setProtectedHeader({ alg: 'ES256', kid: 'k1', typ: 'at+jwt', ...header }).sign(key)
  const setUp = (more: Partial<TrustedIssuer> = {}) => {
    const { denyList } = memoryIssuerStore()
    const time = { now }
    const authenticator = jwtAuthenticator({
      issuers: [{ ...trusted, ...more }], ownIssuer: { issuer: own, audience, jwks: trusted.jwks as () => Promise<never> }, denyList, clock: () => time.now,
    })
    return { authenticator, denyList, time, identify: (token: string) => authenticator.identify(token)() }
  }
  const unauthenticated = E.left(expect.objectContaining({ type: 'urn:tidings:problem:unauthenticated', status: 401 }))

  it('E9: a good token of another issuer speaks for the account of its issuer and subject', async () => {
    const identity = await setUp().identify(await signed(claims()))
    expect(identity).toEqual(E.right({ account: accountIdOf(issuer, 'alice'), expiresAt: now + 600_000, tokenId: expect.any(String) }))
  })

  it('E9: a good token of our own issuer speaks for its subject', async () => {
    const { identify } = setUp()
    expect(await identify(await signed(claims({ iss: own, sub: account, sid: 'session' })))).toEqual(E.right({ account, expiresAt: now + 600_000, tokenId: 'session' }))
    expect(await identify(await signed(claims({ iss: own, sub: 'alice' })))).toEqual(unauthenticated)
  })

  const bad: ReadonlyArray<readonly [string, () => Promise<string>]> = [
    ['expired', () => signed(claims({ exp: seconds - 1 }))],
    ['expiring this very millisecond', () => signed(claims({ exp: seconds }))],
    ['without an end', () => signed(without('exp'))],
    ['not valid yet', () => signed(claims({ nbf: seconds + 6 }))],
    ['for another audience', () => signed(claims({ aud: 'other' }))],
    ['without an audience', () => signed(without('aud'))],
    ['of an unknown issuer', () => signed(claims({ iss: 'https://evil.example' }))],
    ['of an issuer that is spelled almost so', () => signed(claims({ iss: `${issuer}/` }))],
    ['without a subject', () => signed(without('sub'))],
    ['with an empty subject', () => signed(claims({ sub: '' }))],
    ['of an unknown key', () => signed(claims(), { kid: 'k2' })],
    ['without a key id', async () => (await signed(claims(), { kid: '' }))],
    ['signed with another key', () => signed(claims(), {}, stranger)],
    ['of the type of an ID token', () => signed(claims(), { typ: 'JWT' })],
    ['of no type', async () => new SignJWT(claims()).setProtectedHeader({ alg: 'ES256', kid: 'k1' }).sign(keys.privateKey)],
    ['with alg none', async () => `${base64url({ alg: 'none', kid: 'k1', typ: 'at+jwt' })}.${base64url(claims())}.`],
    ['with alg none and a signature', async () => `${base64url({ alg: 'none', kid: 'k1', typ: 'at+jwt' })}.${base64url(claims())}.AAAA`],
    ['HS256 with the public key as its secret', async () => {
      const input = `${base64url({ alg: 'HS256', kid: 'k1', typ: 'at+jwt' })}.${base64url(claims())}`
      return `${input}.${createHmac('sha256', await exportSPKI(keys.publicKey)).update(input).digest('base64url')}`
    }],
    ['of an algorithm that is not listed', () => signed(claims(), { alg: 'RS512', kid: 'r1' }, rsa)],
    ['of another algorithm than its key', async () => {
      const input = `${base64url({ alg: 'EdDSA', kid: 'k1', typ: 'at+jwt' })}.${base64url(claims())}`
      return `${input}.${signBytes(null, Buffer.from(input), generateKeyPairSync('ed25519').privateKey).toString('base64url')}`
    }],
    ['that brings its own key', async () => {
      const other = await generateKeyPair('ES256', { extractable: true })
      return signed(claims(), { jwk: await exportJWK(other.publicKey) }, other.privateKey)
    }],
    ['with an extension that must be understood', async () => {
      const input = `${base64url({ alg: 'ES256', kid: 'k1', typ: 'at+jwt', crit: ['x'], x: 1 })}.${base64url(claims())}`
      return `${input}.${(await signed(claims())).split('.')[2] ?? ''}`
    }],
    ['with altered claims', async () => {
      const [head, , signature] = (await signed(claims())).split('.')
      return `${head ?? ''}.${base64url(claims({ sub: 'bob' }))}.${signature ?? ''}`
    }],
    ['over 4 KB', () => signed(claims({ padding: randomBytes(3_100).toString('base64url') }))],
    ['with padding', async () => `${await signed(claims())}==`],
    ['in base64 instead of base64url', async () => (await signed(claims())).replace(/^e/, '+')],
    ['with a fourth part', async () => `${await signed(claims())}.e30`],
    ['that is empty', async () => ''],
    ['that is no token', async () => 'a.b.c'],
    ['that is not an object', async () => `${base64url(1)}.${base64url(2)}.AAAA`],
  ]
  it.each(bad)('E9: a token %s is refused', async (_case, make) => {
    expect(await setUp().identify(await make())).toEqual(unauthenticated)
  })

  it('E9: another spelling of the same signature is refused', async () => {
    const token = await signed(claims())
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    // 64 bytes of signature leave four unused bits in the last character.
    const sibling = `${token.slice(0, -1)}${alphabet.charAt(alphabet.indexOf(token.slice(-1)) ^ 1)}`
    const bytesOf = (text: string) => Buffer.from(text.split('.')[2] ?? '', 'base64url').toString('hex')
    expect(bytesOf(sibling)).toBe(bytesOf(token))
    const { identify } = setUp()
    expect(await identify(token)).toMatchObject({ _tag: 'Right' })
    expect(await identify(sibling)).toEqual(unauthenticated)
  })

  it('any flipped bit of a token is refused', async () => {
    const [token, { identify }] = [await signed(claims()), setUp()]
    for (let at = 0; at < token.length; at += 7) {
      if (token[at] === '.') continue
      const flipped = `${token.slice(0, at)}${token[at] === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`
      if (flipped !== token) expect(await identify(flipped), `at ${at}`).toEqual(unauthenticated)
    }
  })

  it('an issuer that marks its access tokens as plain JWT is accepted where that was said', async () => {
    const { identify } = setUp({ tokenType: 'jwt' })
    expect(await identify(await signed(claims(), { typ: 'JWT' }))).toMatchObject({ _tag: 'Right' })
    expect(await identify(await signed(claims()))).toEqual(unauthenticated)
    expect(await setUp().identify(await signed(claims(), { typ: 'application/at+jwt' }))).toMatchObject({ _tag: 'Right' })
  })

  it('a token ends when it says, also once it was verified', async () => {
    const [{ identify, time }, token] = [setUp(), await signed(claims())]
    expect(await identify(token)).toMatchObject({ _tag: 'Right' })
    time.now = now + 599_999
    expect(await identify(token)).toMatchObject({ _tag: 'Right' })
    time.now = now + 600_000
    expect(await identify(token)).toEqual(unauthenticated)
  })

  it('a denied token is refused at once, also once it was verified; the others of the account are not', async () => {
    const { authenticator, identify, denyList } = setUp()
    const [one, two] = [await signed(claims()), await signed(claims({ jti: 'two' }))]
    const identity = await identify(one)
    const tokenId = E.isRight(identity) ? (identity.right.tokenId ?? '') : ''
    expect(isId(tokenId)).toBe(true)
    expect(await authenticator.revoked([tokenId])()).toEqual(E.right(new Set()))
    await denyList.deny(tokenId, now + 600_000, now)()
    expect([await identify(one), await identify(two)]).toMatchObject([unauthenticated, { _tag: 'Right' }])
    expect(await authenticator.revoked([tokenId, newId()])()).toEqual(E.right(new Set([tokenId])))
  })

  it('while the deny list is away nobody is let in, and nobody is told that his token is bad', async () => {
    const away = TE.left({ _tag: 'IssuerStoreUnavailable', retryAfterMs: 700, reason: 'test' } as const)
    const { identify } = jwtAuthenticator({ issuers: [trusted], denyList: { deny: () => away, denied: () => away }, clock: () => now })
    expect(await identify(await signed(claims()))()).toMatchObject(E.left({ type: 'urn:tidings:problem:unavailable', retryAfterMs: 700 }))
  })

  it('two issuers of one name are a mistake', () => {
    expect(() => jwtAuthenticator({ issuers: [trusted, trusted], denyList: memoryIssuerStore().denyList, clock: () => now })).toThrow('same name')
  })
})
