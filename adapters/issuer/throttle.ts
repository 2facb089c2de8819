import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Problem } from '../../events/wire/answers.js'
import { problem } from '../../events/wire/problems.js'
import { addressKey } from '../../platform/network-address.js'
import type { RateLimiter } from '../../platform/rate-limiter.js'

/**
 * How often a handle may be tried: from one address seldom, from all addresses together more often, so that a stranger
 * elsewhere hardly shuts its owner out. Handles are counted by their digest, and alike whether anybody has them.
 */
export const handleThrottle = (limiter: RateLimiter, handleDigest: (handle: string) => string) => (handle: string, address: string): TE.TaskEither<Problem, void> => {
  const digest = handleDigest(handle)
  return pipe(
    limiter.consume({ handle: digest, handleAtAddress: `${digest}/${addressKey(address)}` }, 'sign-in'),
    TE.mapLeft(({ retryAfterMs }) => problem('rate-limited', { retryAfterMs })),
  )
}
