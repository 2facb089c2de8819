import { isMember } from '../../events/visibility.js'
import { frameText } from '../protocol/encode.js'
import type { Outbox } from '../sessions/outbox.js'
import type { Registry } from '../sessions/registry.js'

interface Moved {
  readonly through: number
  readonly device: string | null
}

/** Read markers that moved, coalesced: they are states, the furthest of each reader is enough. */
export interface Reads {
  readonly note: (conversation: string, userId: string, through: number, device: string | null) => void
  /** Tells those members' sessions that are here, but not the device that read. */
  readonly tell: () => void
}

export const createReads = (registry: Registry, outbox: Outbox): Reads => {
  const moved = new Map<string, Map<string, Moved>>()

  const tellRoom = (conversation: string, readers: ReadonlyMap<string, Moved>): void => {
    const room = registry.rooms.get(conversation)
    if (room === undefined) return
    for (const [userId, { through, device }] of readers) {
      const frame = Buffer.from(frameText({ type: 'read', conversation, userId, through }))
      for (const [session, seat] of room.seats) {
        if (isMember(seat.visible) && session.device !== device) outbox.push(session, frame)
      }
    }
  }
  return {
    note: (conversation, userId, through, device) => {
      if (!registry.rooms.has(conversation)) return
      const readers = moved.get(conversation) ?? new Map<string, Moved>()
      moved.set(conversation, readers)
      if (through > (readers.get(userId)?.through ?? -1)) readers.set(userId, { through, device })
    },
    tell: () => {
      for (const [conversation, readers] of moved) tellRoom(conversation, readers)
      moved.clear()
    },
  }
}
