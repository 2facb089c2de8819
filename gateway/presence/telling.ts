import * as E from 'fp-ts/lib/Either.js'
import type { Audience } from '../../events/audience.js'
import { directConversationId } from '../../events/ids.js'
import { isMember } from '../../events/visibility.js'
import { innerLimits } from '../limits.js'
import type { Signal } from '../ports.js'
import { frameText } from '../protocol/encode.js'
import type { Outbox } from '../sessions/outbox.js'
import type { Registry, Room } from '../sessions/registry.js'
import type { Session } from '../sessions/session.js'

export type Told = Extract<Signal, { readonly type: 'typing' | 'delivered' }>

export interface TellingParts {
  readonly registry: Pick<Registry, 'rooms'>
  readonly audience: Pick<Audience, 'relations'>
  readonly outbox: Outbox
}

/** Version 8: two people's own conversation. */
const isDirect = (conversation: string): boolean => conversation[14] === '8'

const othersIn = ({ seats }: Room, userId: string): ReadonlyArray<Session> =>
  [...seats].flatMap(([session, { visible }]) => (session.account !== userId && isMember(visible) ? [session] : []))

/**
 * Tells the other members' sessions that are here. Not in a direct conversation where one blocked the other; nor in one
 * with so many sessions that each of them telling each other would be a load.
 */
export const createTelling = ({ registry, audience, outbox }: TellingParts) => {
  const blocked = async ({ conversation, userId }: Told, other: string): Promise<boolean> => {
    if (directConversationId(userId, other) !== conversation) return true
    const relations = await audience.relations(other, [userId])()
    return E.isLeft(relations) || relations.right[0]?.blocked !== false
  }
  return async (signal: Told): Promise<void> => {
    const room = registry.rooms.get(signal.conversation)
    if (room === undefined || room.seats.size > innerLimits.signalledSeats) return
    const others = othersIn(room, signal.userId)
    const [first] = others
    if (first === undefined || (isDirect(room.conversation) && (await blocked(signal, first.account)))) return
    const frame = Buffer.from(frameText(signal))
    for (const session of others) outbox.push(session, frame)
  }
}
