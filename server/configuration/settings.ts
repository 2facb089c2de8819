import Type, { type Static } from 'typebox'
import { Id } from '../../events/ids.js'
import { setting, settingsObject } from '../../platform/configuration/settings.js'

const oneOf = <T extends ReadonlyArray<string>>(...values: T) => Type.Union(values.map((value) => Type.Literal(value))) as unknown as Type.TUnsafe<T[number]>

export const roles = ['api', 'gateway', 'projector', 'relay', 'scheduler'] as const
export type Role = (typeof roles)[number]

const Port = Type.Integer({ minimum: 0, maximum: 65_535 })
const Issuer = Type.Object(
  { issuer: Type.String(), jwksUrl: Type.String(), audience: Type.String(), tokenType: Type.Optional(oneOf('at+jwt', 'jwt')) },
  { additionalProperties: false },
)

/** Every setting of a Tidings process. `docs/configuration.md` is written from it. */
export const settingsSchema = settingsObject({
  profile: setting(oneOf('embedded', 'cluster'), { default: 'embedded', description: 'which adapters serve the ports where none is chosen alone' }),
  roles: setting(Type.Array(oneOf(...roles), { minItems: 1 }), { default: [...roles], description: 'what this process does; a role that its adapters do not need is idle' }),
  dataDirectory: setting(Type.String({ minLength: 1 }), { default: '.tidings', description: 'where the embedded Postgres, the keyring and issuer keys live' }),
  eventStore: setting(oneOf('by-profile', 'postgres', 'eventstoredb'), { default: 'by-profile', description: 'the log: postgres (embedded), eventstoredb (cluster)' }),
  feed: setting(oneOf('by-profile', 'catch-up', 'kafka'), { default: 'by-profile', description: 'how projections receive the log: catch-up (embedded), kafka (cluster)' }),
  fanOut: setting(oneOf('by-profile', 'memory', 'redis'), { default: 'by-profile', description: 'how gateways hear of commits: memory (embedded), redis (cluster)' }),
  rateLimits: setting(oneOf('by-profile', 'memory', 'redis', 'off'), { default: 'by-profile', description: 'where rates are counted (docs/limits.md): memory (embedded), redis (cluster); off: not at all' }),
  rateLimitFactor: setting(Type.Number({ minimum: 0.01, maximum: 10_000 }), { default: 1, description: 'multiplies the points of every rate limit' }),
  privacyCache: setting(oneOf('by-profile', 'memory', 'redis'), { default: 'by-profile', description: 'where relations between accounts are kept for a moment: memory (embedded), redis (cluster)' }),
  storyCache: setting(oneOf('by-profile', 'memory', 'redis'), { default: 'by-profile', description: 'where posted stories are kept until they end: memory (embedded), redis (cluster)' }),
  search: setting(oneOf('by-profile', 'postgres', 'elasticsearch'), { default: 'by-profile', description: 'the search index: postgres (embedded), elasticsearch (cluster)' }),
  postgresUrl: setting(Type.String(), { default: '', secret: true, description: 'PostgreSQL >= 14 by URL; empty: an embedded one in the data directory' }),
  postgresConnections: setting(Type.Integer({ minimum: 2, maximum: 200 }), { default: 8, description: 'connections of this process to PostgreSQL at most, beside three of its own' }),
  eventstoreUrl: setting(Type.String(), { default: 'esdb://127.0.0.1:2113?tls=false', secret: true, description: 'EventStoreDB >= 22.10' }),
  kafkaBrokers: setting(Type.Array(Type.String()), { default: ['127.0.0.1:9092'], description: 'Kafka 3.x or 4.x' }),
  kafkaPrefix: setting(Type.String({ pattern: '^[a-z0-9.-]*$' }), { default: '', description: 'put before topic and group names' }),
  kafkaPartitions: setting(Type.Integer({ minimum: 1, maximum: 1_000 }), { default: 8, description: 'partitions of the events topic; fixed once the topic is there' }),
  kafkaReplicas: setting(Type.Integer({ minimum: 1, maximum: 9 }), { default: 1, description: 'copies of each partition; all but one must have a record before it counts as sent' }),
  redisUrl: setting(Type.String(), { default: 'redis://127.0.0.1:6379', secret: true, description: 'Redis >= 7' }),
  redisPrefix: setting(Type.String({ pattern: '^[a-z0-9:.-]*$' }), { default: 'tidings:', description: 'put before channel and key names' }),
  elasticsearchUrls: setting(Type.Array(Type.String()), { default: ['http://127.0.0.1:9200'], secret: true, description: 'Elasticsearch 8.x, one or more of its nodes' }),
  elasticsearchPrefix: setting(Type.String({ pattern: '^([a-z0-9][a-z0-9.-]*)?$' }), { default: 'tidings-', description: 'put before names of indices, aliases and templates' }),
  elasticsearchLayout: setting(oneOf('by-profile', 'single-node', 'cluster'), { default: 'by-profile', description: 'of monthly indices made from now on: single-node (embedded) 1 shard and no replica, cluster 5 shards and 2 replicas' }),
  httpHost: setting(Type.String(), { default: '127.0.0.1', description: 'address of the HTTP listener' }),
  httpPort: setting(Port, { default: 8080, description: 'port of the HTTP listener; 0: a free one' }),
  socketHost: setting(Type.String(), { default: '127.0.0.1', description: 'address of the WebSocket listener' }),
  socketPort: setting(Port, { default: 8081, description: 'port of the WebSocket listener; 0: a free one' }),
  tlsCertificateFile: setting(Type.String(), { default: '', description: 'PEM certificate chain; with it TLS 1.3 and nothing older' }),
  tlsKeyFile: setting(Type.String(), { default: '', description: 'PEM private key' }),
  allowPlain: setting(Type.Boolean(), { default: false, description: 'permits unencrypted listeners on other addresses than loopback (behind a TLS proxy)' }),
  trustedProxies: setting(Type.Array(Type.String()), { default: [], description: 'proxies whose X-Forwarded-For says who the client is: addresses or networks (`10.0.0.0/8`)' }),
  allowedOrigins: setting(Type.Array(Type.String()), { default: [], description: 'browser origins that may call the API and open sockets, exact' }),
  issuers: setting(Type.Array(Issuer), { default: [], description: 'OAuth 2 / OIDC issuers whose access tokens are accepted: [{ issuer, jwksUrl, audience }], and tokenType `jwt` for issuers that do not mark access tokens (RFC 9068)' }),
  builtInIssuer: setting(Type.Boolean(), { default: true, description: 'sign-up and sign-in by password at this server' }),
  accessTokenMinutes: setting(Type.Integer({ minimum: 1, maximum: 1_440 }), { default: 15, description: 'lifetime of access tokens of the built-in issuer' }),
  refreshTokenDays: setting(Type.Integer({ minimum: 1, maximum: 365 }), { default: 30, description: 'lifetime of refresh tokens of the built-in issuer' }),
  syncTokenDays: setting(Type.Integer({ minimum: 1, maximum: 365 }), { default: 30, description: 'how long a device may be away and resume' }),
  administrators: setting(Type.Array(Id), { default: [], description: 'accounts that may look at any living story, with a reason that is recorded' }),
  inspectionsShown: setting(Type.Boolean(), { default: true, description: 'authors are told of the looks of administrators at their stories' }),
  vapidPublicKey: setting(Type.String(), { default: '', description: 'Web Push (docs/protocol.md) is on with this key; `tidings keys vapid` makes a pair' }),
  vapidPrivateKey: setting(Type.String(), { default: '', secret: true, description: 'the key of the pair that stays here' }),
  vapidSubject: setting(Type.String({ pattern: '^((mailto:|https://).+)?$' }), { default: '', description: 'where push services reach who runs this server: `mailto:` or `https:`' }),
  pushHosts: setting(Type.Array(Type.String({ minLength: 1 })), {
    default: ['fcm.googleapis.com', 'push.services.mozilla.com', 'push.apple.com', 'notify.windows.com'], description: 'push services that are called, with their subdomains; endpoints come from clients and no other host is',
  }),
  feedPartitions: setting(Type.Integer({ minimum: 1, maximum: 64 }), { default: 1, description: 'partitions that the catch-up feed projects side by side' }),
  sweepSeconds: setting(Type.Integer({ minimum: 1, maximum: 300 }), { default: 5, description: 'seconds from the end of one sweep of stories that are over to the next' }),
  logLevel: setting(oneOf('silent', 'error', 'warn', 'info', 'debug'), { default: 'info', description: 'least severe log line that is written' }),
})

export type Settings = Static<typeof settingsSchema>
export const settingsPrefix = 'TIDINGS'
/** Variables of the tests and the harness, not settings of a process. */
export const ignoredVariables = ['TIDINGS_TEST_', 'TIDINGS_CACHE'] as const
