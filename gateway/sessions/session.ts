import type { RecordedEvent } from '../../events/event-store.js'
import type { CloseReason } from '../../events/wire/close-codes.js'
import type { Identity, Socket } from '../ports.js'
import { isAfter, type Place } from './places.js'

export type Frame = string | Uint8Array

/** A device's authenticated socket. One flat record each: 50,000 of them lie in memory at once. */
export interface Session {
  readonly id: string
  readonly socket: Socket
  readonly account: string
  readonly device: string
  readonly tokenId: string | undefined
  readonly expiresAt: number
  stage: 'catching-up' | 'live' | 'closed'
  /** Every visible event at or before it was handed to the socket, in order. */
  through: Place
  /** Something may have been missed since `through`: until it is looked up, no sync token goes beyond. */
  unsure: boolean
  /** By conversation, the last sequence that was handed to the socket although its position is beyond `through`. */
  ahead: Map<string, number> | undefined
  /** Conversations it is seated in (registry.ts). */
  readonly conversations: Set<string>
  heardAt: number
  nextPingAt: number
  /** What the socket holds back, and about how many frames that is. */
  waitingBytes: number
  waitingFrames: number
  /** Queued in this loop turn, not yet given to the socket. */
  outbox: Frame[] | undefined
  /** Called once when little waits any more, or the session is closed. */
  onDrained: (() => void) | undefined
  underWay: number
  underWayBytes: number
  malformed: number
  /** Frames refused as too fast since `limitedSince`. */
  limited: number
  limitedSince: number
  /** Resolves when the frame that came last was let pass or refused; undefined: none waits. */
  turn: Promise<void> | undefined
  /** The place of the last token given out, when that was, and the last event since (undefined: none). */
  syncPlace: Place
  syncAt: number
  sentPlace: Place | undefined
  sentAt: number
}

export interface NewSession {
  readonly id: string
  readonly socket: Socket
  readonly device: string
  readonly identity: Identity
  readonly now: number
  readonly nextPingAt: number
}

export const newSession = ({ id, socket, device, identity, now, nextPingAt }: NewSession): Session => ({
  id, socket, device, account: identity.account, tokenId: identity.tokenId, expiresAt: identity.expiresAt,
  stage: 'catching-up', through: 'start', unsure: false, ahead: undefined, conversations: new Set(),
  heardAt: now, nextPingAt, waitingBytes: 0, waitingFrames: 0, outbox: undefined, onDrained: undefined,
  underWay: 0, underWayBytes: 0, malformed: 0, limited: 0, limitedSince: now, turn: undefined,
  syncPlace: 'start', syncAt: now, sentPlace: undefined, sentAt: now,
})

/** Ends a session: it is unseated at once, what was queued for it leaves before the close frame. */
export type CloseSession = (session: Session, reason: CloseReason) => void

/** Remembers an event that was sent although it lies beyond `through`: it will come by again. */
export const noteAhead = (session: Session, event: RecordedEvent, conversation = ''): void => {
  if (!isAfter(event.position, session.through)) return
  session.ahead ??= new Map()
  session.ahead.set(conversation, Math.max(Number(event.revision), session.ahead.get(conversation) ?? -1))
}

export const isAhead = ({ ahead }: Session, event: RecordedEvent, conversation = ''): boolean =>
  ahead !== undefined && Number(event.revision) <= (ahead.get(conversation) ?? -1)
