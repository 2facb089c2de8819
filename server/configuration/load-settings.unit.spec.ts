import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { adaptersOf, loadSettings } from './load-settings.js'

const reasons = (environment: Record<string, string>) => {
  const loaded = loadSettings(environment)
  return E.isLeft(loaded) ? loaded.left.reasons : []
}
const adapters = (environment: Record<string, string>) => {
  const loaded = loadSettings(environment)
  return E.isRight(loaded) ? adaptersOf(loaded.right.values) : loaded.left
}

describe('the settings of a process', () => {
  it('Z2: need nothing to start', () => expect(adapters({})).toEqual({ eventStore: 'postgres', feed: 'catch-up', fanOut: 'memory', privacyCache: 'memory', storyCache: 'memory', rateLimits: 'memory', search: 'postgres' }))

  it('a profile chooses adapters', () =>
    expect(adapters({ TIDINGS_PROFILE: 'cluster' })).toEqual({ eventStore: 'eventstoredb', feed: 'kafka', fanOut: 'redis', privacyCache: 'redis', storyCache: 'redis', rateLimits: 'redis', search: 'elasticsearch' }))

  it('each adapter can be chosen alone', () =>
    expect(adapters({ TIDINGS_FEED: 'kafka' })).toEqual({ eventStore: 'postgres', feed: 'kafka', fanOut: 'memory', privacyCache: 'memory', storyCache: 'memory', rateLimits: 'memory', search: 'postgres' }))

  it('E7: plain on another address than loopback refuses to start, unless said otherwise', () => {
    expect(reasons({ TIDINGS_HTTP_HOST: '0.0.0.0' })).toEqual([expect.stringContaining('0.0.0.0 is not loopback and there is no TLS')])
    expect(reasons({ TIDINGS_HTTP_HOST: '0.0.0.0', TIDINGS_ALLOW_PLAIN: 'true' })).toEqual([])
    expect(reasons({ TIDINGS_SOCKET_HOST: '::', TIDINGS_TLS_CERTIFICATE_FILE: 'c.pem', TIDINGS_TLS_KEY_FILE: 'k.pem' })).toEqual([])
  })

  it('half a certificate, nobody who could sign in, and gateways that would hear nothing refuse to start', () => {
    expect(reasons({ TIDINGS_TLS_KEY_FILE: 'k.pem' })).toEqual([expect.stringContaining('set both or none')])
    expect(reasons({ TIDINGS_BUILT_IN_ISSUER: 'false' })).toEqual([expect.stringContaining('nobody could sign in')])
    expect(reasons({ TIDINGS_ROLES: 'gateway' })).toEqual([expect.stringContaining('choose redis')])
  })

  it('trusted proxies are addresses or networks', () => {
    expect(reasons({ TIDINGS_TRUSTED_PROXIES: '10.0.0.0/8, ::1' })).toEqual([])
    expect(reasons({ TIDINGS_TRUSTED_PROXIES: '10.0.0.0/8, localhost' })).toEqual([expect.stringContaining('trustedProxies: localhost')])
  })

  it('Web Push needs all of its settings or none', () => {
    const all = { TIDINGS_VAPID_PUBLIC_KEY: 'k', TIDINGS_VAPID_PRIVATE_KEY: 'p', TIDINGS_VAPID_SUBJECT: 'mailto:operator@example.org' }
    expect(reasons(all)).toEqual([])
    expect(reasons({ TIDINGS_VAPID_PUBLIC_KEY: 'k' })).toEqual([expect.stringContaining('set all or none')])
    expect(reasons({ ...all, TIDINGS_VAPID_SUBJECT: 'operator' })).toEqual([expect.stringContaining('TIDINGS_VAPID_SUBJECT')])
  })

  it('a configuration file that is named must be there', () =>
    expect(loadSettings({}, '/nowhere/tidings.json')).toMatchObject({ left: { reasons: [expect.stringContaining('no such file')] } }))
})
