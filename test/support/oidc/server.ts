import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair } from 'jose'
import Provider from 'oidc-provider'

const client = { id: 'robot', secret: 'a-secret-of-the-test' }
export const audience = 'https://tidings.example'

/** A real OpenID provider (oidc-provider) on loopback. */
export interface OidcServer {
  readonly issuer: string
  /** As its discovery document says. */
  readonly jwksUrl: () => Promise<string>
  /** An access token by the grant client_credentials; `resource` is its audience. */
  readonly tokenFor: (resource: string) => Promise<{ readonly accessToken: string; readonly expiresIn: number }>
  readonly subject: string
  readonly close: () => Promise<void>
}

type Algorithm = 'ES256' | 'RS256' | 'PS256' | 'EdDSA'

const resourceInfo = (algorithm: Algorithm) => (_context: unknown, resource: string) => ({
  scope: 'messages', audience: resource, accessTokenTTL: 600, accessTokenFormat: 'jwt', jwt: { sign: { alg: algorithm } },
})

const configuration = async (algorithm: Algorithm): Promise<object> => {
  const { privateKey } = await generateKeyPair(algorithm, { extractable: true })
  return {
    clients: [{ client_id: client.id, client_secret: client.secret, grant_types: ['client_credentials'], redirect_uris: [], response_types: [] }],
    jwks: { keys: [{ ...(await exportJWK(privateKey)), kid: 'op-1', alg: algorithm, use: 'sig' }] },
    scopes: ['messages'],
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: { enabled: true, getResourceServerInfo: resourceInfo(algorithm), defaultResource: () => audience, useGrantedResource: () => true },
    },
    enabledJWA: { idTokenSigningAlgValues: [algorithm] },
    clientDefaults: { id_token_signed_response_alg: algorithm },
  }
}

export const startOidcServer = async (algorithm: Algorithm): Promise<OidcServer> => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  server.on('request', new Provider(issuer, await configuration(algorithm)).callback())
  const authorization = `Basic ${Buffer.from(`${client.id}:${client.secret}`).toString('base64')}`
  return {
    issuer,
    subject: client.id,
    jwksUrl: async () => {
      const answer = await fetch(`${issuer}/.well-known/openid-configuration`)
      return ((await answer.json()) as { readonly jwks_uri: string }).jwks_uri
    },
    tokenFor: async (resource) => {
      const body = new URLSearchParams({ grant_type: 'client_credentials', scope: 'messages', resource })
      const answer = await fetch(`${issuer}/token`, { method: 'POST', headers: { authorization }, body })
      const text = await answer.text()
      if (!answer.ok) throw new Error(text)
      const token = JSON.parse(text) as { readonly access_token: string; readonly expires_in: number }
      return { accessToken: token.access_token, expiresIn: token.expires_in }
    },
    close: () => new Promise((resolve) => {
      server.close(() => { resolve() })
      server.closeAllConnections()
    }),
  }
}
