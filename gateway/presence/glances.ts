import * as E from 'fp-ts/lib/Either.js'
import type { Clock } from '../../platform/clock.js'
import { innerLimits } from '../limits.js'
import type { LastSeenRule, PresenceStore } from '../ports.js'
import { frameText } from '../protocol/encode.js'
import type { Outbox } from '../sessions/outbox.js'
import type { Session } from '../sessions/session.js'
import type { Seen, Watches } from './watches.js'

export interface GlancesParts {
  readonly store: Pick<PresenceStore, 'until'>
  readonly rule: LastSeenRule
  readonly watches: Watches
  readonly isHere: (account: string) => boolean
  readonly outbox: Outbox
  readonly clock: Clock
}

/** Looks at accounts for the sessions that watch them, and tells what is new to these. */
export interface Glances {
  readonly due: (session: Session, account: string) => void
  /** Accounts that were online elsewhere and whose time has run out are due to all who watch them. */
  readonly dueWhenOver: () => void
  /** Looks at everything that is due. What could not be answered stays due. One call at a time. */
  readonly look: () => Promise<void>
}

type Asked = readonly [session: Session, account: string]

const frameOf = (userId: string, seen: Seen): string =>
  frameText({ type: 'presence', userId, online: seen === 'online', ...(typeof seen === 'number' ? { lastSeenAt: seen } : {}) })

/** What is to be looked at, each once. */
const waitingGlances = () => {
  const waiting = new Map<Session, Set<string>>()
  return {
    due: (session: Session, account: string): void => {
      const accounts = waiting.get(session)
      if (accounts === undefined) waiting.set(session, new Set([account]))
      else accounts.add(account)
    },
    take: (): ReadonlyArray<Asked> => {
      const asked = [...waiting].flatMap(([session, accounts]) => (session.stage === 'closed' ? [] : [...accounts].map((account): Asked => [session, account])))
      waiting.clear()
      return asked
    },
  }
}

/**
 * A session is told of an account that it may not know of, what it is told of one that was never here: the same frame, once,
 * from the same look-ups.
 */
export const createGlances = ({ store, rule, watches, isHere, outbox, clock }: GlancesParts): Glances => {
  const { due, take } = waitingGlances()
  /** Until when watched accounts are online elsewhere. */
  const elsewhere = new Map<string, number>()

  const seenOf = (account: string, until: number | undefined, now: number): Seen => {
    elsewhere.delete(account)
    if (isHere(account)) return 'online'
    if (until === undefined) return 'never'
    if (until <= now) return until
    elsewhere.set(account, until)
    return 'online'
  }
  /** False when somebody could not answer. */
  const answer = async (asked: ReadonlyArray<Asked>): Promise<boolean> => {
    const accounts = [...new Set(asked.map(([, account]) => account))]
    const [untils, allowed] = await Promise.all([
      store.until(accounts)(), rule.mayKnow(asked.map(([session, account]) => ({ viewer: session.account, account })))(),
    ])
    if (E.isLeft(untils) || E.isLeft(allowed)) return false
    const now = clock()
    const seen = new Map(accounts.map((account) => [account, seenOf(account, untils.right.get(account), now)]))
    for (const [index, [session, account]] of asked.entries()) {
      const told = allowed.right[index] === true ? seen.get(account) ?? 'never' : 'never'
      if (watches.isNews(session, account, told)) outbox.push(session, frameOf(account, told))
    }
    return true
  }
  return {
    due,
    dueWhenOver: () => {
      const now = clock()
      for (const [account, until] of elsewhere) {
        if (!watches.isWatched(account)) elsewhere.delete(account)
        else if (until <= now) for (const session of watches.watchersOf(account)) due(session, account)
      }
    },
    look: async () => {
      const asked = take()
      for (let at = 0; at < asked.length; at += innerLimits.glancesAtOnce) {
        const some = asked.slice(at, at + innerLimits.glancesAtOnce)
        if (!(await answer(some))) for (const [session, account] of some) due(session, account)
      }
    },
  }
}
