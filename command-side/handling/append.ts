import { setTimeout as delay } from 'node:timers/promises'
import * as E from 'fp-ts/lib/Either.js'
import type { AppendError, Appended, EventStore } from '../../events/event-store.js'
import type { Problem } from '../../events/wire/answers.js'
import type { NewEvents, Place, UnitKeys } from './seal-drafts.js'

const RETRIES = 3
const RETRY_AFTER_AT_MOST_MS = 25
/** Clients hear within 100 ms that the store is away (security.md, faults). */
const RETRY_WITHIN_MS = 75

export interface Sealing {
  /** Seals under these keys, always with the same event ids. */
  readonly seal: (keys: UnitKeys) => E.Either<Problem, NewEvents>
  readonly keys: UnitKeys
  /** Obtains the keys once more: a key that was not flushed may be gone with the append whose outcome is not known. */
  readonly renew: () => Promise<E.Either<Problem, UnitKeys>>
  /** False while the store is known to be away: tried once, so that a lane full of commands is answered at once. */
  readonly patient: boolean
}

export type AppendFailure = AppendError | { readonly _tag: 'Refused'; readonly problem: Problem }

const same = (one: UnitKeys, other: UnitKeys): boolean =>
  one.size === other.size && [...one].every(([unit, key]) => Buffer.compare(key, other.get(unit) ?? Buffer.alloc(0)) === 0)

const refused = (problem: Problem): E.Either<AppendFailure, never> => E.left({ _tag: 'Refused', problem })

/**
 * Appends at the place. While the outcome is unknown it is tried again, shortly and a few times, with the same ids:
 * as the same bytes when the keys are still the same, sealed anew when a crash took them (then the append is gone too).
 * `StoreUnavailable` as the answer means that the outcome is still unknown.
 */
export const appendSealed = async (
  eventStore: EventStore, { stream, after, chained }: Place, { seal, keys, renew, patient }: Sealing, elapsed: () => number,
): Promise<E.Either<AppendFailure, { readonly events: NewEvents; readonly at: Appended }>> => {
  const expected = chained ? (after === undefined ? 'no-stream' : { revision: after.revision }) : 'any'
  const startedAt = elapsed()
  let under = keys
  let sealed = seal(under)
  for (let retries = 0; ; retries += 1) {
    if (E.isLeft(sealed)) return refused(sealed.left)
    const events = sealed.right
    const answer = await eventStore.append(stream, expected, events)()
    if (E.isRight(answer)) return E.right({ events, at: answer.right })
    if (answer.left._tag !== 'StoreUnavailable') return answer
    const waitMs = Math.min(answer.left.retryAfterMs, RETRY_AFTER_AT_MOST_MS)
    if (!patient || retries >= RETRIES || elapsed() - startedAt + waitMs > RETRY_WITHIN_MS) return answer
    await delay(waitMs)
    const renewed = await renew()
    if (E.isLeft(renewed)) return answer
    if (!same(under, renewed.right)) sealed = seal(renewed.right)
    under = renewed.right
  }
}
