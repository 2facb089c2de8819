import { accountStream } from '../../events/streams.js'
import { inParallel } from '../../platform/in-parallel.js'
import { blocks, type AccountState } from '../account/decider.js'
import type { Lanes } from './lanes.js'
import { recentStates } from './recent-states.js'
import type { StreamStates } from './stream-states.js'

/** How long a block made through another process may go unseen here (P4); one made through this process is seen at once. */
const BLOCKS_FRESH_MS = 500
const READS_AT_ONCE = 16

/** Who blocked whom, by the accounts' own streams. Both reject when a stream cannot be read. */
export interface BlockFacts {
  readonly eitherBlocks: (one: string, other: string) => Promise<boolean>
  /** Which of these accounts blocked the one, in the order given. */
  readonly blocking: (account: string, others: ReadonlyArray<string>) => Promise<ReadonlyArray<string>>
}

export const blockFacts = (states: StreamStates<AccountState>, lanes: Lanes, elapsed: () => number): BlockFacts => {
  const { within } = recentStates(states, lanes, elapsed)
  const stateOf = (account: string): Promise<AccountState> => within(BLOCKS_FRESH_MS, accountStream(account))
  return {
    eitherBlocks: async (one, other) => {
      const [ones, others] = await Promise.all([stateOf(one), stateOf(other)])
      return blocks(ones, other) || blocks(others, one)
    },
    blocking: async (account, others) => {
      const states = await inParallel(others, READS_AT_ONCE, stateOf)
      return others.filter((_, index) => { const state = states[index]; return state !== undefined && blocks(state, account) })
    },
  }
}
