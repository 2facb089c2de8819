import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'

const audience = 'tidings'
const keyId = 'demo'
const lifetimeSeconds = 6 * 60 * 60

/** An OAuth issuer of the demo's own: accounts without passwords to hash. Its key lives as long as this process. */
export interface DemoIssuer {
  readonly issuer: string
  readonly jwksUrl: string
  readonly audience: string
  readonly tokenFor: (subject: string) => Promise<string>
  readonly close: () => Promise<void>
}

/** Serves its JWKS on loopback, so that servers check its tokens as they check any other issuer's. */
export const startDemoIssuer = async (): Promise<DemoIssuer> => {
  const { publicKey, privateKey } = await generateKeyPair('EdDSA')
  const jwks = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: keyId, alg: 'EdDSA', use: 'sig' }] })
  const server = createServer((_, answer) => answer.setHeader('content-type', 'application/json').end(jwks))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    issuer,
    jwksUrl: `${issuer}/jwks.json`,
    audience,
    tokenFor: (subject) =>
      new SignJWT({})
        .setProtectedHeader({ alg: 'EdDSA', kid: keyId, typ: 'at+jwt' })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(subject)
        .setIssuedAt()
        .setExpirationTime(`${lifetimeSeconds} s`)
        .sign(privateKey),
    close: () => new Promise((resolve) => server.close(() => { resolve() })),
  }
}
