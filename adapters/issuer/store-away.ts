import type { Problem } from '../../events/wire/answers.js'
import { problem } from '../../events/wire/problems.js'
import type { IssuerStoreUnavailable } from './ports.js'

/** What callers are told while the issuer's store is away. */
export const storeAway = ({ retryAfterMs }: IssuerStoreUnavailable): Problem => problem('unavailable', { retryAfterMs })
