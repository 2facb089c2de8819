import * as E from 'fp-ts/lib/Either.js'
import { decode } from '../../events/codec.js'
import type { RecordedEvent } from '../../events/event-store.js'
import { mayRead } from '../../events/visibility.js'
import { conversationOf, idIn } from '../conversation-of.js'
import type { KeptBack } from '../sessions/kept-back.js'
import { membershipChange } from '../sessions/membership-change.js'
import type { Outbox } from '../sessions/outbox.js'
import { isAfter } from '../sessions/places.js'
import type { Registry, Room } from '../sessions/registry.js'
import { noteSent } from '../sessions/send-steadily.js'
import { isAhead, type CloseSession, type Frame, type Session } from '../sessions/session.js'
import { entered } from '../sessions/standing.js'

export interface HandOnParts {
  readonly registry: Registry
  readonly outbox: Outbox
  readonly keptBack: KeptBack
  readonly close: CloseSession
  /** The session may have missed something: it is to look that up. */
  readonly doubt: (session: Session) => void
  /** Somebody's read marker moved, on this device. */
  readonly noteRead: (conversation: string, userId: string, through: number, device: string | null) => void
}

/** What became of an event: it is done, it needs its frame first, or events before it are missing in its conversation. */
export type Outcome =
  | { readonly _tag: 'Done' }
  | { readonly _tag: 'FrameNeeded' }
  | { readonly _tag: 'Hole'; readonly room: Room; readonly from: number; readonly to: number }

const done: Outcome = { _tag: 'Done' }
const frameNeeded: Outcome = { _tag: 'FrameNeeded' }

export interface HandOn {
  /** Whether sessions here are to be sent the event, or will be once those before it were handed on. */
  readonly concerns: (event: RecordedEvent, opening: Set<string>) => boolean
  readonly next: (event: RecordedEvent, frame: Frame | undefined) => Outcome
}

const send = ({ outbox }: HandOnParts, room: Room, event: RecordedEvent, frame: Frame, sequence: number): void => {
  for (const [session, seat] of room.seats) {
    if (!mayRead(seat.visible, sequence) || !isAfter(event.position, session.through) || isAhead(session, event, room.conversation)) continue
    outbox.push(session, frame)
    noteSent(session, event.position)
  }
}

const noteAuthor = ({ wrote }: Room, event: RecordedEvent, sequence: number): void => {
  if (event.type !== 'MessageSent') return
  const decoded = decode(event)
  if (E.isRight(decoded)) wrote.set(decoded.right.metadata.actor, sequence)
}

const liveOf = ({ registry }: HandOnParts, account: string): ReadonlyArray<Session> =>
  [...registry.ofAccount(account)].filter(({ stage }) => stage === 'live')

/** Seats the account's live sessions from this event on, unless their seats know of it already. */
const admit = (parts: HandOnParts, account: string, conversation: string, sequence: number): void => {
  const { registry } = parts
  for (const session of liveOf(parts, account)) {
    const seat = registry.rooms.get(conversation)?.seats.get(session)
    if (seat !== undefined && seat.asOf >= sequence) continue
    registry.seat(session, conversation, { visible: entered([], sequence), asOf: sequence }, sequence - 1)
  }
}

const dismiss = ({ registry }: HandOnParts, room: Room, account: string, sequence: number): void => {
  for (const session of registry.ofAccount(account)) {
    const seat = room.seats.get(session)
    if (seat !== undefined && seat.asOf < sequence) registry.unseat(session, room.conversation)
  }
}

/**
 * An event that everyone seated was handed before it was announced. It is kept back all the same, for those who began to
 * catch up in between; and whoever it seats, but was not seen doing so, looks up what it missed.
 */
const known = (parts: HandOnParts, event: RecordedEvent, room: Room, frame: Frame | undefined): Outcome => {
  parts.keptBack.append(event, frame)
  const change = membershipChange(event)
  if (change?.enters !== true) return done
  for (const session of liveOf(parts, change.userId)) {
    if ((room.seats.get(session)?.asOf ?? -1) < Number(event.revision)) parts.doubt(session)
  }
  return done
}

/** In its order: those before it were handed on. */
const inConversation = (parts: HandOnParts, event: RecordedEvent, conversation: string, frame: Frame | undefined): Outcome => {
  const { registry, keptBack } = parts
  const [sequence, before] = [Number(event.revision), registry.rooms.get(conversation)]
  if (before !== undefined && sequence <= before.last) return known(parts, event, before, frame)
  if (before !== undefined && sequence > before.last + 1) return { _tag: 'Hole', room: before, from: before.last + 1, to: sequence - 1 }
  const change = membershipChange(event)
  const admits = change?.enters === true && liveOf(parts, change.userId).length > 0
  if (frame === undefined && (before !== undefined || admits)) return frameNeeded
  if (admits) admit(parts, change.userId, conversation, sequence)
  keptBack.append(event, frame)
  const room = registry.rooms.get(conversation)
  if (room === undefined || frame === undefined) return done
  room.last = sequence
  noteAuthor(room, event, sequence)
  send(parts, room, event, frame, sequence)
  if (change?.enters === false) dismiss(parts, room, change.userId, sequence)
  return done
}

const elsewhere = ({ registry, close, noteRead }: HandOnParts, event: RecordedEvent): void => {
  if (event.type !== 'DeviceRevoked' && event.type !== 'ReadAdvanced') return
  const decoded = decode(event)
  if (E.isLeft(decoded)) return
  const [account, conversation, { type, data, metadata }] = [idIn('account', event), idIn('receipts', event), decoded.right]
  if (type === 'DeviceRevoked' && account !== undefined) {
    const session = registry.ofDevice(account, data.deviceId)
    if (session !== undefined) close(session, 'deviceRevoked')
  }
  if (type === 'ReadAdvanced' && conversation !== undefined) noteRead(conversation, data.userId, data.through, metadata.device)
}

/** One event at a time, each within one turn of the loop: seats, sends, kept back, so that no session sees half of it. */
export const createHandOn = (parts: HandOnParts): HandOn => ({
  concerns: (event, opening) => {
    const conversation = conversationOf(event)
    if (conversation === undefined) return false
    if (parts.registry.rooms.has(conversation) || opening.has(conversation)) return true
    const change = membershipChange(event)
    if (change?.enters !== true || liveOf(parts, change.userId).length === 0) return false
    opening.add(conversation)
    return true
  },
  next: (event, frame) => {
    const conversation = conversationOf(event)
    if (conversation !== undefined) return inConversation(parts, event, conversation, frame)
    elsewhere(parts, event)
    return done
  },
})
