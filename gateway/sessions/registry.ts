import type { Visible } from '../../events/visibility.js'
import type { Session } from './session.js'

/** What a session may read of a conversation, as of a sequence: membership events up to there are in it already. */
export interface Seat {
  readonly visible: ReadonlyArray<Visible>
  readonly asOf: number
}

/** A conversation with sessions here. */
export interface Room {
  readonly conversation: string
  /** Everything up to it was handed to everyone seated. */
  last: number
  readonly seats: Map<Session, Seat>
  /** Where each account wrote last, of what was handed on since the room is here. */
  readonly wrote: Map<string, number>
}

/** Who is connected here, by device, account and conversation. Synchronous; holds no timers. */
export interface Registry {
  readonly rooms: ReadonlyMap<string, Room>
  readonly sessions: ReadonlySet<Session>
  readonly ofAccount: (account: string) => Iterable<Session>
  readonly ofDevice: (account: string, device: string) => Session | undefined
  /** Adds the session; it must have replaced the one of the same device before. */
  readonly enter: (session: Session) => void
  /** Seats the session, which was handed everything up to `last`, or changes its seat. A room that is there must not be further. */
  readonly seat: (session: Session, conversation: string, seat: Seat, last: number) => Room
  readonly unseat: (session: Session, conversation: string) => void
  /** Takes all seats away: the session stays entered. */
  readonly unseatAll: (session: Session) => void
  readonly leave: (session: Session) => void
  /** From now on `notice` is called when a session has entered or left. */
  readonly onMove: (notice: (session: Session) => void) => void
}

const deviceKey = (account: string, device: string): string => `${account}/${device}`

export const createRegistry = (): Registry => {
  const rooms = new Map<string, Room>()
  const sessions = new Set<Session>()
  const accounts = new Map<string, Set<Session>>()
  const devices = new Map<string, Session>()
  const notices: ((session: Session) => void)[] = []

  const unseat = (session: Session, conversation: string): void => {
    session.conversations.delete(conversation)
    const room = rooms.get(conversation)
    room?.seats.delete(session)
    if (room?.seats.size === 0) rooms.delete(conversation)
  }
  const unseatAll = (session: Session): void => {
    for (const conversation of session.conversations) unseat(session, conversation)
  }
  return {
    rooms, sessions, unseat, unseatAll,
    ofAccount: (account) => accounts.get(account) ?? [],
    ofDevice: (account, device) => devices.get(deviceKey(account, device)),
    enter: (session) => {
      sessions.add(session)
      devices.set(deviceKey(session.account, session.device), session)
      const others = accounts.get(session.account)
      if (others === undefined) accounts.set(session.account, new Set([session]))
      else others.add(session)
      for (const notice of notices) notice(session)
    },
    seat: (session, conversation, seat, last) => {
      const there = rooms.get(conversation)
      const room = there ?? { conversation, last, seats: new Map<Session, Seat>(), wrote: new Map<string, number>() }
      if (there === undefined) rooms.set(conversation, room)
      room.seats.set(session, seat)
      session.conversations.add(conversation)
      return room
    },
    leave: (session) => {
      unseatAll(session)
      sessions.delete(session)
      if (devices.get(deviceKey(session.account, session.device)) === session) devices.delete(deviceKey(session.account, session.device))
      const others = accounts.get(session.account)
      others?.delete(session)
      if (others?.size === 0) accounts.delete(session.account)
      for (const notice of notices) notice(session)
    },
    onMove: (notice) => { notices.push(notice) },
  }
}
