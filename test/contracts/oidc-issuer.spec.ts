import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { jwtAuthenticator } from '../../adapters/jwt/authenticator.js'
import { memoryIssuerStore } from '../../adapters/memory/issuer-store.js'
import { accountIdOf } from '../../events/ids.js'
import { systemClock } from '../../platform/clock.js'
import { audience, startOidcServer, type OidcServer } from '../support/oidc/server.js'

const authenticatorOf = async ({ issuer, jwksUrl }: OidcServer) =>
  jwtAuthenticator({ issuers: [{ issuer, jwks: await jwksUrl(), audience }], denyList: memoryIssuerStore().denyList, clock: systemClock })

describe.each(['ES256', 'RS256', 'PS256', 'EdDSA'] as const)('a real OpenID provider that signs with %s', (algorithm) => {
  it('E9: its access tokens speak for the account of issuer and subject, and those for others do not', async () => {
    const server = await startOidcServer(algorithm)
    const { identify } = await authenticatorOf(server)
    const { accessToken, expiresIn } = await server.tokenFor(audience)
    const identity = await identify(accessToken)()
    expect(identity).toEqual(E.right({ account: accountIdOf(server.issuer, server.subject), expiresAt: expect.any(Number), tokenId: expect.any(String) }))
    const expiresAt = E.isRight(identity) ? identity.right.expiresAt : 0
    expect(Math.abs(expiresAt - systemClock() - expiresIn * 1_000)).toBeLessThan(10_000)
    const elsewhere = await server.tokenFor('https://elsewhere.example')
    expect(await identify(elsewhere.accessToken)()).toMatchObject(E.left({ status: 401 }))
    await server.close()
  })
})

it('E9: a provider that is away: its tokens are neither good nor bad; those of another that uses its name are bad', async () => {
  const [server, other] = [await startOidcServer('ES256'), await startOidcServer('ES256')]
  const { accessToken } = await server.tokenFor(audience)
  const early = await authenticatorOf(server)
  expect(await early.identify((await other.tokenFor(audience)).accessToken)()).toMatchObject(E.left({ status: 401 }))
  const imposter = jwtAuthenticator({ issuers: [{ issuer: server.issuer, jwks: await other.jwksUrl(), audience }], denyList: memoryIssuerStore().denyList, clock: systemClock })
  expect(await imposter.identify(accessToken)()).toMatchObject(E.left({ status: 401 }))
  const late = await authenticatorOf(server)
  await server.close()
  expect(await late.identify(accessToken)()).toMatchObject(E.left({ type: 'urn:tidings:problem:unavailable', retryAfterMs: expect.any(Number) }))
  await other.close()
})
