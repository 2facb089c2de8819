import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { startHttp, type HttpListener, type HttpOptions } from '../../adapters/http/listener.js'
import { problem } from '../../events/wire/problems.js'
import type { Authenticator } from '../../gateway/ports.js'
import { createLogger } from '../../platform/logging.js'
import { unlimited } from '../../platform/rate-limiter.js'
import { createMetrics } from '../../platform/metrics.js'

/** Log lines of a test, kept. */
export const keptLog = () => {
  const lines: string[] = []
  return { lines, logger: createLogger('debug', { write: (line) => { lines.push(line) } }) }
}

/** Takes a token that is an account's id for that account's. */
export const trustingAuthenticator = (accounts: ReadonlyArray<string>): Authenticator => ({
  identify: (token) =>
    TE.fromEither(accounts.includes(token) ? E.right({ account: token, expiresAt: 4_102_444_800_000, tokenId: undefined }) : E.left(problem('unauthenticated'))),
  revoked: () => TE.right(new Set()),
})

export interface HttpDoor extends HttpListener {
  readonly url: string
  readonly lines: ReadonlyArray<string>
}

/** A listener on loopback with defaults for whatever a test does not care about. */
export const httpDoor = async (options: Partial<HttpOptions>): Promise<HttpDoor> => {
  const { lines, logger } = keptLog()
  const listener = await startHttp({
    routes: [], authenticator: trustingAuthenticator([]), host: '127.0.0.1', port: 0, allowedOrigins: [], logger,
    rateLimiter: unlimited,
    health: { alarms: () => [], notReady: () => [] }, metrics: createMetrics(), ...options,
  })
  return { ...listener, lines, url: `${options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${listener.port}` }
}
