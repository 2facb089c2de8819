import type { Percentiles } from '../../platform/durations.js'
import type { MemberLedger } from './ledger.js'
import type { Verified } from './verify.js'

export interface Totals {
  readonly logs: number
  readonly members: number
  readonly sent: number
  readonly acknowledged: number
  readonly seconds: number
  readonly drops: number
  readonly kills: number
  readonly ledgers: ReadonlyArray<MemberLedger>
  readonly verified: ReadonlyArray<Verified>
  readonly acknowledgedMs: Percentiles
  readonly pushedMs: Percentiles
}

const sum = <A>(items: ReadonlyArray<A>, of: (item: A) => number): number => items.reduce((total, item) => total + of(item), 0)
const lostOf = ({ expected, received }: MemberLedger): number => Math.max(0, expected - received)
const shown = (value: number): string => value.toLocaleString('en')
const times = ({ p50, p95, p99 }: Percentiles): string => `${p50.toFixed(1)} / ${p95.toFixed(1)} / ${p99.toFixed(1)} ms`

/** How a line begins that tells whether something held. */
export const verdict = (held: boolean): string => (held ? 'ok    ' : 'BREACH')

/** What must hold, each with the number that has to be zero. */
export const breaches = (totals: Totals): Readonly<Record<string, number>> => ({
  lost: sum(totals.ledgers, lostOf),
  doubled: sum(totals.ledgers, ({ doubled }) => doubled),
  'out of order': sum(totals.ledgers, ({ outOfOrder }) => outOfOrder),
  'from outside the membership': sum(totals.ledgers, ({ foreign }) => foreign),
  'not acknowledged': totals.sent - totals.acknowledged,
  'not stored': totals.acknowledged - sum(totals.verified, ({ stored }) => stored),
  'holes in the sequences': sum(totals.verified, ({ holes }) => holes),
  'messages unlike the log': sum(totals.verified, ({ unequalMessages }) => unequalMessages),
  'broken hash links': sum(totals.verified, ({ brokenLinks }) => brokenLinks),
})

/** The report of a demo, as lines; the first breach of each kind names its worst member. */
export const reportLines = (totals: Totals): ReadonlyArray<string> => {
  const found = breaches(totals)
  const worst = [...totals.ledgers].sort((one, other) => lostOf(other) + other.doubled - lostOf(one) - one.doubled)[0]
  const messagesPerSecond = Math.round(totals.acknowledged / totals.seconds)
  return [
    `${shown(totals.logs)} conversations, ${shown(totals.members)} members at their sockets, ${shown(totals.drops)} sockets cut, ${shown(totals.kills)} processes killed`,
    `messages   sent ${shown(totals.sent)} · acknowledged ${shown(totals.acknowledged)} · stored ${shown(sum(totals.verified, ({ stored }) => stored))} · events ${shown(sum(totals.verified, ({ events }) => events))}`,
    `deliveries expected ${shown(sum(totals.ledgers, ({ expected }) => expected))} · received ${shown(sum(totals.ledgers, ({ received }) => received))}`,
    `speed      ${shown(messagesPerSecond)} messages/s over ${totals.seconds.toFixed(1)} s (each waits for the one before it in its conversation)`,
    `send → acknowledgement  P50 / P95 / P99  ${times(totals.acknowledgedMs)}`,
    `send → push             P50 / P95 / P99  ${times(totals.pushedMs)}`,
    '',
    ...Object.entries(found).map(([what, count]) => `${verdict(count === 0)} ${what}: ${shown(count)}`),
    ...(Object.values(found).some((count) => count !== 0) && worst !== undefined ? [`worst member: ${JSON.stringify(worst)}`] : []),
  ]
}
