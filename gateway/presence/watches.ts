import type { Session } from '../sessions/session.js'

/** What a session was told last of an account: when it was seen, `online`, or nothing at all. */
export type Seen = number | 'online' | 'never'

interface Watch {
  readonly accounts: ReadonlySet<string>
  readonly told: Map<string, Seen>
}

/** Which sessions want to know of which accounts. */
export interface Watches {
  /** Replaces what the session watched before; what it was told of those who stay is remembered. */
  readonly watch: (session: Session, accounts: ReadonlyArray<string>) => void
  readonly unwatch: (session: Session) => void
  readonly watchersOf: (account: string) => Iterable<Session>
  readonly watchedBy: (session: Session) => Iterable<string>
  /** Whether it is news to the session, which watches the account; it is then told. */
  readonly isNews: (session: Session, account: string, seen: Seen) => boolean
  readonly isWatched: (account: string) => boolean
}

export const createWatches = (): Watches => {
  const watches = new Map<Session, Watch>()
  const watchers = new Map<string, Set<Session>>()

  const unwatch = (session: Session): void => {
    for (const account of watches.get(session)?.accounts ?? []) {
      const others = watchers.get(account)
      others?.delete(session)
      if (others?.size === 0) watchers.delete(account)
    }
    watches.delete(session)
  }
  return {
    unwatch,
    watch: (session, accounts) => {
      const told = [...(watches.get(session)?.told ?? [])].filter(([account]) => accounts.includes(account))
      unwatch(session)
      if (accounts.length === 0) return
      watches.set(session, { accounts: new Set(accounts), told: new Map(told) })
      for (const account of accounts) {
        const others = watchers.get(account)
        if (others === undefined) watchers.set(account, new Set([session]))
        else others.add(session)
      }
    },
    watchersOf: (account) => watchers.get(account) ?? [],
    watchedBy: (session) => watches.get(session)?.accounts ?? [],
    isWatched: (account) => watchers.has(account),
    isNews: (session, account, seen) => {
      const watch = watches.get(session)
      if (watch?.accounts.has(account) !== true || watch.told.get(account) === seen) return false
      watch.told.set(account, seen)
      return true
    },
  }
}
