import { join } from 'node:path'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { createIssuer } from '../../adapters/issuer/issuer.js'
import { handleThrottle } from '../../adapters/issuer/throttle.js'
import { signingKeysIn } from '../../adapters/issuer/signing-keys.js'
import { jwtAuthenticator, type JwtAuthenticatorOptions } from '../../adapters/jwt/authenticator.js'
import { postgresIssuerStore } from '../../adapters/postgres/issuer/issuer-store.js'
import type { ApiRoute } from '../../adapters/http/api-route.js'
import type { Problem } from '../../events/wire/answers.js'
import { problem } from '../../events/wire/problems.js'
import type { Authenticator } from '../../gateway/ports.js'
import { systemClock } from '../../platform/clock.js'
import { newId } from '../../platform/identifiers.js'
import type { RateLimiter } from '../../platform/rate-limiter.js'
import type { Settings } from '../configuration/settings.js'
import type { Foundation } from './foundation.js'
import type { ReadModels } from './read-models.js'
import type { Sides } from './sides.js'

/** Who may come in, and the routes of the built-in issuer where it is on. */
export interface Identity {
  readonly authenticator: Authenticator
  readonly routes: ReadonlyArray<ApiRoute>
}

const audience = 'tidings'

/** Where the built-in issuer's documents lie; also its name in tokens, so it stays the same over restarts. */
export const ownIssuerUrl = ({ httpHost, httpPort, tlsCertificateFile }: Settings): string =>
  `${tlsCertificateFile === '' ? 'http' : 'https'}://${httpHost}:${httpPort}`

export const openIdentity = (settings: Settings, { pool, dataDirectory }: Foundation, { handleDigest }: ReadModels, { commandSide, handles }: Sides, rateLimiter: RateLimiter): Identity => {
  const store = postgresIssuerStore(pool)
  const trusted: JwtAuthenticatorOptions = {
    issuers: settings.issuers.map(({ issuer, jwksUrl, audience: theirs, tokenType }) => ({
      issuer, jwks: jwksUrl, audience: theirs, ...(tokenType === undefined ? {} : { tokenType }),
    })),
    denyList: store.denyList,
    clock: systemClock,
  }
  if (!settings.builtInIssuer) return { authenticator: jwtAuthenticator(trusted), routes: [] }
  const issuer = createIssuer({
    store, audience, newId,
    keys: signingKeysIn(join(dataDirectory, 'issuer-keys.json'), systemClock),
    clock: systemClock,
    accessTokenMinutes: settings.accessTokenMinutes,
    refreshTokenDays: settings.refreshTokenDays,
    issuerUrl: ownIssuerUrl(settings),
    register: (account, profile) => commandSide.account(account, { type: 'RegisterAccount', profile }),
    mayTry: handleThrottle(rateLimiter, handleDigest),
    accountOf: (handle) =>
      pipe(handles.holder(handleDigest(handle)), TE.mapLeft(({ retryAfterMs }): Problem => problem('unavailable', { retryAfterMs }))),
  })
  return { authenticator: jwtAuthenticator({ ...trusted, ownIssuer: issuer.trusted }), routes: issuer.routes }
}
