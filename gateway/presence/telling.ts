import * as E from 'fp-ts/lib/Either.js'
import * as RA from 'fp-ts/lib/ReadonlyArray.js'
import type { Audience } from '../../events/audience.js'
import { directConversationId } from '../../events/ids.js'
import { limits } from '../../events/limits.js'
import { isMember } from '../../events/visibility.js'
import { innerLimits } from '../limits.js'
import type { Delivery, Signal } from '../ports.js'
import { frameText } from '../protocol/encode.js'
import type { Outbox } from '../sessions/outbox.js'
import type { Registry, Room } from '../sessions/registry.js'
import type { Session } from '../sessions/session.js'

export interface TellingParts {
  readonly registry: Pick<Registry, 'rooms'>
  readonly audience: Pick<Audience, 'relations'>
  readonly outbox: Outbox
}

/** Tells sessions that are here what other members do in a conversation. */
export interface Telling {
  readonly typing: (signal: Extract<Signal, { readonly type: 'typing' }>) => Promise<void>
  /** Each delivery to those whose messages it is about, as one frame for each of them. All of one conversation. */
  readonly delivered: (conversation: string, deliveries: ReadonlyArray<Delivery>) => Promise<void>
}

/** Version 8: two people's own conversation. */
const isDirect = (conversation: string): boolean => conversation[14] === '8'

const membersIn = ({ seats }: Room): ReadonlyArray<Session> => [...seats].flatMap(([session, { visible }]) => (isMember(visible) ? [session] : []))

/** Whether some message of the account is among what was delivered. In a direct conversation each tells the other. */
const concerns = ({ conversation, wrote }: Room, account: string) => {
  const last = isDirect(conversation) ? Infinity : (wrote.get(account) ?? -1)
  return ({ userId, after }: Delivery): boolean => after < last && userId !== account
}

/**
 * Nothing is told in a direct conversation where one blocked the other; nor in one with so many sessions that each of them
 * telling each other would be a load.
 */
export const createTelling = ({ registry, audience, outbox }: TellingParts): Telling => {
  const blocked = async (conversation: string, userId: string, other: string): Promise<boolean> => {
    if (directConversationId(userId, other) !== conversation) return true
    const relations = await audience.relations(other, [userId])()
    return E.isLeft(relations) || relations.right[0]?.blocked !== false
  }
  const openRoom = async (conversation: string, userId: string): Promise<Room | undefined> => {
    const room = registry.rooms.get(conversation)
    if (room === undefined || room.seats.size > innerLimits.signalledSeats) return undefined
    const other = isDirect(conversation) ? membersIn(room).find(({ account }) => account !== userId) : undefined
    return other !== undefined && (await blocked(conversation, userId, other.account)) ? undefined : room
  }
  return {
    typing: async (signal) => {
      const room = await openRoom(signal.conversation, signal.userId)
      if (room === undefined) return
      const frame = Buffer.from(frameText(signal))
      for (const session of membersIn(room)) if (session.account !== signal.userId) outbox.push(session, frame)
    },
    delivered: async (conversation, deliveries) => {
      const [first] = deliveries
      const room = first === undefined ? undefined : await openRoom(conversation, first.userId)
      if (room === undefined) return
      for (const session of membersIn(room)) {
        const members = deliveries.filter(concerns(room, session.account)).map(({ userId, through }) => ({ userId, through }))
        for (const some of RA.chunksOf(limits.membersPerFrame)(members)) outbox.push(session, frameText({ type: 'delivered', conversation, members: [...some] }))
      }
    },
  }
}
