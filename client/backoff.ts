import type { ClientLimits } from './limits.js'

/** The exponent stops here, so that the power stays a small number. */
const maxDoublings = 20

/**
 * Exponential back-off with full jitter: anywhere from nothing to `base · 2^attempt`, at most the cap, so that clients
 * that lost the same gateway do not come back together. `attempt` counts from 0.
 */
export const backoffMs = (
  attempt: number,
  { backoffBaseMs, backoffCapMs }: Pick<ClientLimits, 'backoffBaseMs' | 'backoffCapMs'>,
  random: () => number,
): number => random() * Math.min(backoffCapMs, backoffBaseMs * 2 ** Math.min(attempt, maxDoublings))
