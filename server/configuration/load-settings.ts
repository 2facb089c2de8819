import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { load, type ConfigurationRefused, type Loaded } from '../../platform/configuration/load.js'
import { isNetwork } from '../../platform/network-address.js'
import { ignoredVariables, settingsPrefix, settingsSchema, type Settings } from './settings.js'

export interface ChosenAdapters {
  readonly eventStore: 'postgres' | 'eventstoredb'
  readonly feed: 'catch-up' | 'kafka'
  readonly fanOut: 'memory' | 'redis'
  readonly privacyCache: 'memory' | 'redis'
  readonly storyCache: 'memory' | 'redis'
  readonly rateLimits: 'memory' | 'redis' | 'off'
  readonly search: 'postgres' | 'elasticsearch'
}

const byProfile: Readonly<Record<Settings['profile'], ChosenAdapters>> = {
  embedded: { eventStore: 'postgres', feed: 'catch-up', fanOut: 'memory', privacyCache: 'memory', storyCache: 'memory', rateLimits: 'memory', search: 'postgres' },
  cluster: { eventStore: 'eventstoredb', feed: 'kafka', fanOut: 'redis', privacyCache: 'redis', storyCache: 'redis', rateLimits: 'redis', search: 'elasticsearch' },
}

/** The adapters of a process: those chosen alone, the profile's for the rest. */
export const adaptersOf = (settings: Settings): ChosenAdapters => {
  const profile = byProfile[settings.profile]
  const { eventStore, feed, fanOut, privacyCache, storyCache, rateLimits, search } = settings
  return {
    eventStore: eventStore === 'by-profile' ? profile.eventStore : eventStore,
    feed: feed === 'by-profile' ? profile.feed : feed,
    fanOut: fanOut === 'by-profile' ? profile.fanOut : fanOut,
    privacyCache: privacyCache === 'by-profile' ? profile.privacyCache : privacyCache,
    storyCache: storyCache === 'by-profile' ? profile.storyCache : storyCache,
    rateLimits: rateLimits === 'by-profile' ? profile.rateLimits : rateLimits,
    search: search === 'by-profile' ? profile.search : search,
  }
}

const loopback = new Set(['127.0.0.1', 'localhost', '::1'])

/** What each setting alone cannot tell: combinations that must not start. */
const contradictions = (settings: Settings): ReadonlyArray<string> => {
  const tls = settings.tlsCertificateFile !== '' && settings.tlsKeyFile !== ''
  const exposed = [settings.httpHost, settings.socketHost].filter((host) => !loopback.has(host))
  const reasons: string[] = []
  if ((settings.tlsCertificateFile === '') !== (settings.tlsKeyFile === '')) reasons.push('tlsCertificateFile and tlsKeyFile: set both or none')
  if (!tls && exposed.length > 0 && !settings.allowPlain) {
    reasons.push(`${exposed.join(', ')} is not loopback and there is no TLS: set tlsCertificateFile and tlsKeyFile, or allowPlain behind a TLS proxy`)
  }
  if (!settings.builtInIssuer && settings.issuers.length === 0) reasons.push('issuers: nobody could sign in; name an issuer or set builtInIssuer')
  const unreadable = settings.trustedProxies.filter((proxy) => !isNetwork(proxy))
  if (unreadable.length > 0) reasons.push(`trustedProxies: ${unreadable.join(', ')}: write addresses or networks, as 10.0.0.0/8`)
  const vapid = [settings.vapidPublicKey, settings.vapidPrivateKey, settings.vapidSubject].filter((value) => value !== '')
  if (vapid.length % 3 !== 0) reasons.push('vapidPublicKey, vapidPrivateKey and vapidSubject: set all or none')
  const needsOneProcess = adaptersOf(settings)
  if (needsOneProcess.fanOut === 'memory' && settings.roles.includes('gateway') && !settings.roles.includes('projector')) {
    reasons.push('fanOut: memory reaches gateways of the projector\'s own process only; choose redis for roles apart')
  }
  return reasons
}

const fileAt = (path: string | undefined): E.Either<ConfigurationRefused, Record<string, unknown>> => {
  const chosen = path ?? 'tidings.json'
  try {
    return E.right(JSON.parse(readFileSync(resolve(chosen), 'utf8')) as Record<string, unknown>)
  } catch (error) {
    const absent = (error as NodeJS.ErrnoException).code === 'ENOENT'
    if (absent && path === undefined) return E.right({})
    return E.left({ _tag: 'ConfigurationRefused', reasons: [`${chosen}: ${absent ? 'there is no such file' : 'not a JSON object'}`] })
  }
}

/** Settings from defaults < `tidings.json` (or `configFile`) < environment, refused with every reason at once. */
export const loadSettings = (
  environment: Readonly<Record<string, string | undefined>>,
  configFile?: string,
): E.Either<ConfigurationRefused, Loaded<Settings>> => {
  const file = fileAt(configFile)
  if (E.isLeft(file)) return file
  const loaded = load({ schema: settingsSchema, prefix: settingsPrefix, environment, file: file.right, ignored: ignoredVariables })
  if (E.isLeft(loaded)) return loaded
  const reasons = contradictions(loaded.right.values)
  return reasons.length > 0 ? E.left({ _tag: 'ConfigurationRefused', reasons }) : loaded
}
