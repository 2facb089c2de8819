import type { CommittedBatch } from '../../events/committed.js'
import type { RecordedEvent } from '../../events/event-store.js'
import { innerLimits } from '../limits.js'
import type { KeptBack } from '../sessions/kept-back.js'
import type { Place, Places } from '../sessions/places.js'
import type { Registry } from '../sessions/registry.js'
import type { Session } from '../sessions/session.js'
import type { Notify } from './notify.js'
import type { Reads } from './reads.js'
import type { Turn } from './turn.js'

export interface HearParts {
  readonly places: Places
  readonly registry: Registry
  readonly keptBack: KeptBack
  readonly turn: Turn
  readonly notify: Notify
  readonly heard: (events: ReadonlyArray<RecordedEvent>) => void
  readonly reads: Reads
  /** How far the timeline is, asked until answered. */
  readonly progress: () => Promise<Place>
  /** The session may have missed something: it is to look that up. */
  readonly doubt: (session: Session) => void
  readonly signal: AbortSignal
  readonly onDefect: (error: unknown) => void
}

export interface Hear {
  readonly batch: (batch: CommittedBatch) => void
  /** Batches may have been missed. */
  readonly gap: () => void
  readonly isIdle: () => boolean
}

/** Batches that wait for their turn, bounded: past the bound all are dropped, which shows as a gap. */
const batchQueue = (places: Places) => {
  let queue: CommittedBatch[] = []
  let waiting = 0
  return {
    isEmpty: () => queue.length === 0,
    /** False when it was dropped. */
    add: (batch: CommittedBatch): boolean => {
      queue.push(batch)
      waiting += batch.events.length
      if (waiting <= innerLimits.queuedEvents) return true
      queue = []
      waiting = 0
      return false
    },
    /** The fresh events of the next batches, about 2,000, and whether something before them is missing. */
    take: (): { readonly events: ReadonlyArray<RecordedEvent>; readonly broken: boolean } => {
      const events: RecordedEvent[] = []
      let [taken, broken] = [0, false]
      for (const batch of queue) {
        if (events.length >= innerLimits.turnEvents) break
        const heard = places.hear(batch)
        for (const event of heard.fresh) events.push(event)
        broken ||= heard.broken
        waiting -= batch.events.length
        taken += 1
      }
      queue = queue.slice(taken)
      return { events, broken }
    },
  }
}

const doubtAll = ({ keptBack, registry, doubt }: HearParts): void => {
  keptBack.drop()
  for (const session of registry.sessions) doubt(session)
}

/**
 * Takes committed batches one turn after another. A turn takes what is queued up to a bound, so that the busier the
 * gateway, the more is opened and encoded at once.
 *
 * When the chain is broken, or the fan-out says that it lost its connection: every live session is marked unsure (its sync
 * tokens stay where they are), what is kept back for others is dropped, the conversations followed here are filled up to
 * the timeline's heads at once, and each unsure session then looks up by itself what no head shows: that it was added
 * to a conversation.
 */
export const createHear = (parts: HearParts): Hear => {
  const { places, turn, notify, heard, reads, progress, signal, onDefect } = parts
  const queue = batchQueue(places)
  let [gapNoticed, running] = [false, false]

  const takeTurn = async (): Promise<void> => {
    const noticed = gapNoticed
    gapNoticed = false
    if (noticed) places.passTo(await progress())
    const { events, broken } = queue.take()
    if (noticed || broken) {
      doubtAll(parts)
      await turn.fillToHeads()
    }
    await turn.handle(events)
    await notify(events)
    heard(events)
    reads.tell()
    places.handled()
  }
  const run = async (): Promise<void> => {
    if (running) return
    running = true
    try {
      while (!signal.aborted && (!queue.isEmpty() || gapNoticed)) await takeTurn()
    } catch (error) {
      gapNoticed = true
      onDefect(error)
    } finally {
      running = false
    }
  }
  return {
    batch: (batch) => {
      if (!queue.add(batch)) gapNoticed = true
      void run()
    },
    gap: () => {
      gapNoticed = true
      void run()
    },
    isIdle: () => !running && queue.isEmpty(),
  }
}
