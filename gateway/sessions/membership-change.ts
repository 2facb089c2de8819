import * as E from 'fp-ts/lib/Either.js'
import { decode } from '../../events/codec.js'
import type { RecordedEvent } from '../../events/event-store.js'

/** Who enters or goes by an event. A creator is seated by the creation already: their own MemberAdded follows it. */
export interface MembershipChange {
  readonly userId: string
  readonly enters: boolean
}

const changing: ReadonlySet<string> = new Set(['ConversationCreated', 'MemberAdded', 'MemberRemoved', 'MemberLeft'])

/** The membership that an event changes; undefined for all others. */
export const membershipChange = (recorded: RecordedEvent): MembershipChange | undefined => {
  if (!changing.has(recorded.type)) return undefined
  const decoded = decode(recorded)
  if (E.isLeft(decoded)) return undefined
  const event = decoded.right
  if (event.type === 'ConversationCreated') return { userId: event.data.creator, enters: true }
  if (event.type === 'MemberAdded') return { userId: event.data.userId, enters: true }
  if (event.type === 'MemberRemoved' || event.type === 'MemberLeft') return { userId: event.data.userId, enters: false }
  return undefined
}
