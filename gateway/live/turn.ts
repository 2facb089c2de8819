import type { RecordedEvent } from '../../events/event-store.js'
import type { ReadSide } from '../../read-side/index.js'
import { innerLimits } from '../limits.js'
import type { FramesOf } from '../sessions/frames-of.js'
import type { Registry, Room } from '../sessions/registry.js'
import type { Frame } from '../sessions/session.js'
import { untilAnswered, type Persistence } from '../until-answered.js'
import type { HandOn } from './hand-on.js'

export interface TurnParts {
  readonly readSide: Pick<ReadSide, 'range' | 'heads'>
  readonly persistence: Persistence
  readonly framesOf: FramesOf
  readonly registry: Registry
  readonly handOn: HandOn
}

/** Live events on their way to the sessions. One call at a time. */
export interface Turn {
  /** Hands events on, per conversation in the order of revisions; holes are filled from the timeline first. */
  readonly handle: (events: ReadonlyArray<RecordedEvent>) => Promise<void>
  /** Compares every conversation that sessions here follow with the timeline's head and fills what is missing. */
  readonly fillToHeads: () => Promise<void>
}

export const createTurn = ({ readSide, persistence, framesOf, registry, handOn }: TurnParts): Turn => {
  const ask = <A>(doing: string, query: Parameters<typeof untilAnswered<A>>[2]): Promise<A> => untilAnswered(persistence, doing, query)

  /** Ends early when the room was left meanwhile. What the timeline has not got (a skipped event) stays a hole. */
  const fill = async (room: Room, from: number, to: number): Promise<void> => {
    for (let at = from; at <= to; at += innerLimits.rangeAtOnce) {
      const until = Math.min(to, at + innerLimits.rangeAtOnce - 1)
      const events = await ask('filling a hole', readSide.range(room.conversation, at, until))
      const frames = await framesOf(events)
      if (registry.rooms.get(room.conversation) !== room) return
      for (const [index, event] of events.entries()) {
        room.last = Number(event.revision) - 1
        handOn.next(event, frames[index])
      }
      room.last = until
    }
  }
  const encodeFrom = async (events: ReadonlyArray<RecordedEvent>, from: number): Promise<ReadonlyMap<RecordedEvent, Frame>> => {
    const opening = new Set<string>()
    const wanted = events.slice(from).filter((event) => handOn.concerns(event, opening))
    const frames = await framesOf(wanted)
    return new Map(wanted.flatMap((event, at) => { const frame = frames[at]; return frame === undefined ? [] : [[event, frame]] }))
  }
  /** Where it stopped, for want of a frame: a session came meanwhile. */
  const advance = async (events: ReadonlyArray<RecordedEvent>, from: number, frames: ReadonlyMap<RecordedEvent, Frame>): Promise<number> => {
    for (let at = from; at < events.length;) {
      const event = events[at]
      if (event === undefined) return events.length
      const outcome = handOn.next(event, frames.get(event))
      if (outcome._tag === 'FrameNeeded') return at
      if (outcome._tag === 'Hole') await fill(outcome.room, outcome.from, outcome.to)
      else at += 1
    }
    return events.length
  }
  return {
    handle: async (events) => {
      for (let at = 0; at < events.length;) at = await advance(events, at, await encodeFrom(events, at))
    },
    fillToHeads: async () => {
      const rooms = [...registry.rooms.values()]
      for (let at = 0; at < rooms.length; at += innerLimits.headsAtOnce) {
        const some = rooms.slice(at, at + innerLimits.headsAtOnce)
        const heads = await ask('comparing heads', readSide.heads(some.map(({ conversation }) => conversation)))
        for (const room of some) {
          const head = heads.get(room.conversation)
          if (head !== undefined && head > room.last) await fill(room, room.last + 1, head)
        }
      }
    },
  }
}
