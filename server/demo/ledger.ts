import { durations, record } from '../../platform/durations.js'
import type { Stay } from './chat/expectation.js'

/** What one member was to receive of one conversation, and what came. Message numbers count the plan's sends from 0. */
export interface MemberLedger {
  readonly person: string
  readonly expected: number
  readonly received: number
  readonly doubled: number
  readonly outOfOrder: number
  /** Messages that came although the member was outside. */
  readonly foreign: number
}

interface Watch {
  readonly heard: (message: number) => void
  readonly complete: () => boolean
  readonly close: () => MemberLedger
}

const inside = (stays: ReadonlyArray<Stay>, message: number): boolean => stays.some(({ from, to }) => message >= from && message < to)

/** Checks one member's deliveries as they come: each expected message once, in ascending order, no other. */
export const watchMember = (person: string, stays: ReadonlyArray<Stay>): Watch => {
  const expected = stays.reduce((sum, { from, to }) => sum + to - from, 0)
  const seen = new Set<number>()
  let doubled = 0
  let outOfOrder = 0
  let foreign = 0
  let highest = -1
  return {
    heard: (message) => {
      if (seen.has(message)) { doubled += 1; return }
      seen.add(message)
      if (message < highest) outOfOrder += 1
      highest = Math.max(highest, message)
      if (!inside(stays, message)) foreign += 1
    },
    complete: () => seen.size - foreign >= expected,
    close: () => ({ person, expected, received: seen.size - foreign, doubled, outOfOrder, foreign }),
  }
}

/** Durations of one run, milliseconds: send → acknowledgement, send → push at each receiver. */
export const stopwatches = () => {
  const acknowledged = durations()
  const pushed = durations()
  return {
    acknowledged,
    pushed,
    recordAcknowledged: (milliseconds: number) => { record(acknowledged, milliseconds) },
    recordPushed: (milliseconds: number) => { record(pushed, milliseconds) },
  }
}
export type Stopwatches = ReturnType<typeof stopwatches>
