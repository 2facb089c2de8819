import * as E from 'fp-ts/lib/Either.js'
import type { Clock } from '../../platform/clock.js'
import { gatewayLimits, innerLimits } from '../limits.js'
import type { PresenceStore, Signals } from '../ports.js'

export interface LeasesParts {
  /** Of this gateway among all that ever ran. */
  readonly gateway: string
  readonly store: PresenceStore
  readonly signals: Pick<Signals, 'publish'>
  readonly isHere: (account: string) => boolean
  readonly clock: Clock
}

/** Which accounts are online here, as the other gateways know it. */
export interface Leases {
  /** The account's first session came, or its last one went. */
  readonly note: (account: string) => void
  /** Says what was noted since, and again what would soon run out; what could not be said is said the next time. One call at a time. */
  readonly settle: () => Promise<void>
}

/** Everything of a round goes to the store at once: nothing is timed or sent for a single socket. */
export const createLeases = ({ gateway, store, signals, isHere, clock }: LeasesParts): Leases => {
  const said = new Set<string>()
  let noted = new Set<string>()
  let renewedAt = clock()

  const tell = async (accounts: ReadonlyArray<string>, until: number, keep: (account: string) => void): Promise<void> => {
    if (accounts.length === 0) return
    if (E.isLeft(await store.say(gateway, accounts, until)())) {
      for (const account of accounts) noted.add(account)
      return
    }
    for (const account of accounts) keep(account)
    signals.publish(accounts.map((userId) => ({ type: 'presence', userId })))
  }
  const renew = async (now: number): Promise<void> => {
    if (now - renewedAt < innerLimits.presenceRenewMs) return
    if (E.isRight(await store.say(gateway, [...said], now + gatewayLimits.presenceLeaseMs)())) renewedAt = now
  }
  return {
    note: (account) => { noted.add(account) },
    settle: async () => {
      const [now, changed] = [clock(), [...noted]]
      noted = new Set()
      await tell(changed.filter((account) => isHere(account) && !said.has(account)), now + gatewayLimits.presenceLeaseMs, (account) => said.add(account))
      await tell(changed.filter((account) => !isHere(account) && said.has(account)), now, (account) => said.delete(account))
      await renew(now)
    },
  }
}
