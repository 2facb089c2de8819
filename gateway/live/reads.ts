import * as RA from 'fp-ts/lib/ReadonlyArray.js'
import { limits } from '../../events/limits.js'
import { isMember } from '../../events/visibility.js'
import { innerLimits } from '../limits.js'
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
  /**
   * Tells those members' sessions that are here, those of many readers at once, but not the device that read. Where there are so
   * many sessions that each of them telling each other would be a load, the reader's own other devices alone.
   */
  readonly tell: () => void
}

export const createReads = (registry: Pick<Registry, 'rooms'>, outbox: Pick<Outbox, 'push'>): Reads => {
  const moved = new Map<string, Map<string, Moved>>()

  const framesOf = (conversation: string, readers: ReadonlyArray<readonly [string, Moved]>): ReadonlyArray<Uint8Array> =>
    RA.chunksOf(limits.membersPerFrame)(readers).map((some) =>
      Buffer.from(frameText({ type: 'read', conversation, members: some.map(([userId, { through }]) => ({ userId, through })) })))

  const tellRoom = (conversation: string, readers: ReadonlyMap<string, Moved>): void => {
    const room = registry.rooms.get(conversation)
    if (room === undefined) return
    const told = room.seats.size > innerLimits.signalledSeats ? [] : [...readers]
    const toOthers = framesOf(conversation, told)
    for (const [session, { visible }] of room.seats) {
      if (!isMember(visible)) continue
      const own = readers.get(session.account)
      const frames = own === undefined ? toOthers
        : framesOf(conversation, [
          ...told.filter(([userId]) => userId !== session.account),
          ...(own.device === session.device ? [] : [[session.account, own] as const]),
        ])
      for (const frame of frames) outbox.push(session, frame)
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
