import type { CommittedBatch } from '../../events/committed.js'
import type { RecordedEvent } from '../../events/event-store.js'
import type { ReadSide } from '../../read-side/index.js'
import { innerLimits } from '../limits.js'
import type { FanOut } from '../ports.js'
import { createCatchUp, type CatchUp } from '../sessions/catch-up.js'
import { framesOf } from '../sessions/frames-of.js'
import { createKeptBack } from '../sessions/kept-back.js'
import { lanes } from '../sessions/lanes.js'
import type { Outbox } from '../sessions/outbox.js'
import { isAfter, trackPlaces, type Place, type Places } from '../sessions/places.js'
import type { Registry } from '../sessions/registry.js'
import type { CloseSession, Session } from '../sessions/session.js'
import { untilAnswered, type Persistence } from '../until-answered.js'
import { createHandOn } from './hand-on.js'
import { createHear } from './hear.js'
import { createDoubt, type LookUpParts } from './look-up.js'
import { createNotify } from './notify.js'
import { createReads } from './reads.js'
import { createTurn } from './turn.js'

export interface LiveParts {
  readonly fanOut: FanOut
  readonly readSide: Pick<ReadSide, 'memberships' | 'missed' | 'missedNotifications' | 'notificationsByIds' | 'range' | 'heads' | 'progress' | 'deliver'>
  readonly partitions: number
  readonly registry: Registry
  readonly outbox: Outbox
  readonly persistence: Persistence
  readonly close: CloseSession
  readonly giveToken: (session: Session, places: Places) => void
  readonly checkDevice: LookUpParts['checkDevice']
  /** Committed events, once those that sessions are sent were handed on. */
  readonly heard: (events: ReadonlyArray<RecordedEvent>) => void
  readonly onDefect: (error: unknown) => void
}

export interface Live {
  readonly catchUp: CatchUp
  readonly places: Places
  /** How far the timeline is. */
  readonly progress: () => Promise<Place>
  /** Looks whether the timeline came further than what was heard, though nothing is being handled: then batches were lost. */
  readonly probe: () => Promise<void>
  readonly stop: () => Promise<void>
}

/** Listens first and learns then where the timeline stands: what is committed later is heard or shows as a broken chain. */
export const startLive = async (parts: LiveParts): Promise<Live> => {
  const { fanOut, readSide, partitions, registry, outbox, persistence, close, giveToken, checkDevice, heard, onDefect } = parts
  const early: CommittedBatch[] = []
  let take = (batch: CommittedBatch): void => { early.push(batch) }
  let noticeGap = (): void => undefined
  const leave = await fanOut.listen((batch) => { take(batch) })
  fanOut.onGap(() => { noticeGap() })

  const progress = (): Promise<Place> => untilAnswered(persistence, 'reading how far the timeline is', readSide.progress())
  const places = trackPlaces(partitions, await progress())
  const keptBack = createKeptBack()
  const frames = framesOf(readSide, persistence)
  const catchUp = createCatchUp({
    readSide, persistence, framesOf: frames, registry, keptBack, outbox,
    queries: lanes(innerLimits.catchUpQueriesAtOnce),
    giveToken: (session) => { giveToken(session, places) },
  })
  const onLookUpDefect = (session: Session, error: unknown): void => {
    onDefect(error)
    close(session, 'behind')
  }
  const doubt = createDoubt({ registry, catchUp, places, checkDevice, onDefect: onLookUpDefect })
  const reads = createReads(registry, outbox)
  const handOn = createHandOn({ registry, outbox, keptBack, close, doubt, noteRead: reads.note })
  const turn = createTurn({ readSide, persistence, framesOf: frames, registry, handOn })
  const notify = createNotify({ readSide, persistence, registry, outbox })
  const hear = createHear({ places, registry, keptBack, turn, notify, heard, reads, progress, doubt, signal: persistence.signal, onDefect })
  take = hear.batch
  noticeGap = hear.gap
  for (const batch of early) hear.batch(batch)

  let expected: Place = 'start'
  return {
    catchUp, places, progress, stop: leave,
    probe: async () => {
      const lagging = isAfter(expected, places.lowWatermark())
      if (lagging && hear.isIdle() && registry.sessions.size > 0) hear.gap()
      expected = await progress()
    },
  }
}

