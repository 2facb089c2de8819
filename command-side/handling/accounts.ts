import * as E from 'fp-ts/lib/Either.js'
import { LRUCache } from 'lru-cache'
import { accountStream } from '../../events/streams.js'
import type { Problem } from '../../events/wire/answers.js'
import { problem } from '../../events/wire/problems.js'
import { inParallel } from '../../platform/in-parallel.js'
import { isLiveDevice, isRegistered, type AccountState } from '../account/decider.js'
import type { Caller } from '../command-side.js'
import { monotonic } from './deciding.js'
import type { CommandSideDependencies } from './dependencies.js'
import type { Lanes } from './lanes.js'
import { recentStates } from './recent-states.js'
import type { StreamStates } from './stream-states.js'

/**
 * How long a device that was live is taken for live without looking: one that is revoked through another process sends
 * this long at most, one that is revoked through this process not at all. Refusals are always looked up.
 */
const ACCOUNT_FRESH_MS = 5_000
const KNOWN_ACCOUNTS = 100_000
const READS_AT_ONCE = 16

export interface Accounts {
  /** Rejects when the account's stream cannot be read. */
  readonly standingOf: (caller: Caller) => Promise<'live' | 'device-unknown' | 'account-unknown'>
  /** Which of these accounts are not registered, in the order given. */
  readonly unregistered: (accounts: ReadonlyArray<string>) => Promise<ReadonlyArray<string>>
}

const standing = (state: AccountState, device: string) => {
  if (!isRegistered(state)) return 'account-unknown'
  return isLiveDevice(state, device) ? 'live' : 'device-unknown'
}

export const accounts = (deps: CommandSideDependencies, states: StreamStates<AccountState>, lanes: Lanes): Accounts => {
  const elapsed = deps.elapsed ?? monotonic
  const { present } = recentStates(states, lanes, elapsed)
  // An account once registered stays so.
  const registered = new LRUCache<string, true>({ max: KNOWN_ACCOUNTS })

  const isThere = async (account: string): Promise<boolean> => {
    if (registered.has(account)) return true
    const events = deps.eventStore.read(accountStream(account), { from: 'start', direction: 'forwards', limit: 1 })[Symbol.asyncIterator]()
    const { done } = await events.next()
    await events.return?.()
    if (done !== true) registered.set(account, true)
    return done !== true
  }

  return {
    standingOf: async ({ account, device }) => {
      const stream = accountStream(account)
      const warm = states.warm(stream)
      if (warm !== undefined && elapsed() - warm.asOf <= ACCOUNT_FRESH_MS && standing(warm.kept.state, device) === 'live') return 'live'
      return standing(await present(stream), device)
    },
    unregistered: async (asked) => {
      const there = await inParallel(asked, READS_AT_ONCE, isThere)
      return asked.filter((_, index) => there[index] !== true)
    },
  }
}

/** Nothing, or why this caller may not send. */
export const mayCommand = async (accounts: Accounts, caller: Caller): Promise<E.Either<Problem, void>> => {
  const found = await accounts.standingOf(caller)
  return found === 'live' ? E.right(undefined) : E.left(problem(found))
}
