import { setTimeout as after } from 'node:timers/promises'
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Problem } from '../../events/wire/answers.js'
import { isMember } from '../../events/visibility.js'
import type { ReadSide } from '../../read-side/index.js'
import { conversationOf } from '../conversation-of.js'
import { innerLimits } from '../limits.js'
import { untilAnswered, type Persistence } from '../until-answered.js'
import type { FramesOf } from './frames-of.js'
import type { Kept, KeptBack } from './kept-back.js'
import type { Lanes } from './lanes.js'
import type { Outbox } from './outbox.js'
import { isAfter, type Place, type Places } from './places.js'
import type { Registry } from './registry.js'
import { sendSteadily } from './send-steadily.js'
import { isAhead, noteAhead, type Frame, type Session } from './session.js'
import { dueTo, standingsOf, type Standings } from './standing.js'

export interface CatchUpParts {
  readonly readSide: Pick<ReadSide, 'memberships' | 'missed' | 'progress' | 'waitFor'>
  readonly persistence: Persistence
  /** Bounds how many sessions ask at once; a session that waits for its socket is outside. */
  readonly queries: Lanes
  readonly framesOf: FramesOf
  readonly places: Places
  readonly registry: Registry
  readonly keptBack: KeptBack
  readonly outbox: Outbox
  /** Queues a sync token for where the session now is. */
  readonly giveToken: (session: Session) => void
}

/**
 * Brings a session from a place to live; resolves when it is live or closed. Subscribe first, read up to a cut-off, then
 * what was kept back, without the doubles. Why nothing is lost and nothing comes twice:
 *
 * - `M` = the furthest place that this gateway had heard when the session began to keep back. What the gateway hands on
 *   later is kept back; what it handed on earlier lies at or before `M`.
 * - History is read until it has come to `R` >= `M`, the timeline's own low watermark. So every event is at or before `R`
 *   (then history has it), or kept back, or still to come live. What the fan-out loses in between breaks its chain: that
 *   drops everything kept back, and the round begins anew.
 * - What is kept back or live and lies at or before `R` is a double and dropped; what was sent beyond `R` is remembered in
 *   `ahead`. The step from the last kept event to live happens within one turn of the loop.
 *
 * `whenLive` is called in that very turn.
 *
 * `now`: no history is owed; the client reads it by queries after `caught_up`, which see everything up to `through`.
 */
export type CatchUp = (session: Session, from: Place | 'now', whenLive: () => void) => Promise<void>

type Ask = <A>(doing: string, query: TaskEither<Problem, A>) => Promise<A>

/** Sends missed history until the timeline's low watermark has passed `cutOff`; `through` moves along. */
const historyReader = ({ readSide, persistence, framesOf, outbox, giveToken }: CatchUpParts, ask: Ask) => {
  const readPage = async (session: Session): Promise<boolean> => {
    const page = await ask('reading what was missed', readSide.missed(session.account, session.through, innerLimits.historyPageEvents))
    const fresh = page.events.filter((event) => !isAhead(session, event, conversationOf(event)))
    await sendSteadily(outbox, session, fresh, await framesOf(fresh))
    session.through = page.through
    for (const event of fresh) noteAhead(session, event, conversationOf(event))
    if (fresh.length > 0) giveToken(session)
    return page.done
  }
  return async (session: Session, cutOff: Place): Promise<void> => {
    while (session.stage !== 'closed') {
      if (!(await readPage(session))) continue
      if (cutOff === 'start' || !isAfter(cutOff, session.through)) return
      const reached = await readSide.waitFor(cutOff, innerLimits.waitForTimelineMs)()
      if (E.isLeft(reached)) await after(innerLimits.firstRetryMs, undefined, { signal: persistence.signal })
    }
  }
}

/** Frames of kept events; those that nobody here needed so far are made now. */
const framed = async (framesOf: FramesOf, kept: ReadonlyArray<Kept>): Promise<ReadonlyArray<Frame>> => {
  const bare = kept.filter(({ frame }) => frame === undefined)
  const frames = await framesOf(bare.map(({ event }) => event))
  for (const [at, one] of bare.entries()) one.frame = frames[at]
  return kept.flatMap(({ frame }) => (frame === undefined ? [] : [frame]))
}

/**
 * Sends what was kept back from `start` on. When nothing is left it calls `arrive` in that very turn: whatever is handed on
 * next is live. False when what was kept back is not whole, true when it arrived or the session is closed.
 */
const replayer = ({ framesOf, keptBack, outbox }: CatchUpParts) => async (session: Session, standings: Standings, start: number, arrive: () => void): Promise<boolean> => {
  let index = start
  while (session.stage !== 'closed') {
    const kept = keptBack.from(index)
    if (kept === undefined) return false
    if (kept.length === 0) {
      arrive()
      return true
    }
    const due = dueTo(session, standings, kept).filter(({ event }) => !isAhead(session, event, conversationOf(event)))
    await sendSteadily(outbox, session, due.map(({ event }) => event), await framed(framesOf, due))
    for (const { event } of due) noteAhead(session, event, conversationOf(event))
    index += kept.length
  }
  return true
}

const goLive = (registry: Registry, session: Session, standings: Standings): void => {
  for (const [conversation, { visible, asOf, last }] of standings) {
    if (isMember(visible)) registry.seat(session, conversation, { visible, asOf }, last)
  }
  session.unsure = false
  session.stage = 'live'
}

export const createCatchUp = (parts: CatchUpParts): CatchUp => {
  const { readSide, persistence, queries, places, registry, keptBack } = parts
  const ask: Ask = (doing, query) => queries(() => untilAnswered(persistence, doing, query))
  const readHistory = historyReader(parts, ask)
  const replay = replayer(parts)

  /** Whether the session is live or closed after one round. */
  const round = async (session: Session, history: boolean, whenLive: () => void): Promise<boolean> => {
    const [start, cutOff] = [keptBack.end(), places.furthest()]
    const standings = standingsOf(await ask('reading memberships', readSide.memberships(session.account)))
    if (history) await readHistory(session, cutOff)
    else session.through = await ask('reading how far the timeline is', readSide.progress())
    return replay(session, standings, start, () => {
      goLive(registry, session, standings)
      whenLive()
    })
  }
  return async (session, from, whenLive) => {
    keptBack.open()
    try {
      if (from !== 'now') session.through = from
      let ended = await round(session, from !== 'now', whenLive)
      while (!ended) ended = await round(session, true, whenLive)
    } finally {
      keptBack.release()
    }
  }
}
