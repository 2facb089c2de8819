import { setTimeout as after } from 'node:timers/promises'
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
import { missedNotifications } from './missed-notifications.js'
import type { Outbox } from './outbox.js'
import { earlier, isAfter, later, type Place } from './places.js'
import type { Registry } from './registry.js'
import { sendSteadily } from './send-steadily.js'
import { isAhead, noteAhead, type Frame, type Session } from './session.js'
import { dueTo, standingsOf, type Standings } from './standing.js'

export interface CatchUpParts {
  readonly readSide: Pick<ReadSide, 'memberships' | 'missed' | 'missedNotifications' | 'progress'>
  readonly persistence: Persistence
  /** Bounds how many sessions ask at once; a session that waits for its socket is outside. */
  readonly queries: Lanes
  readonly framesOf: FramesOf
  readonly registry: Registry
  readonly keptBack: KeptBack
  readonly outbox: Outbox
  /** Queues a sync token for where the session now is. */
  readonly giveToken: (session: Session) => void
}

/**
 * Brings a session from a place to live; resolves when it is live or closed. Subscribe first, read history to its end, then
 * what was kept back, without the doubles. Why nothing is lost and nothing comes twice:
 *
 * - An event is committed, then announced, then handed on. What the gateway hands on after the session began to keep back
 *   is kept back. What it handed on before was committed before, so the history read afterwards has it, whatever its
 *   position. What the fan-out loses in between breaks its chain: that drops everything kept back, and the round begins anew.
 * - `through`, what a sync token may claim, never passes the timeline's low watermark as it was before the page was read:
 *   a partition that lags may still commit below the position of an event that is read already.
 * - What is kept back or live and lies at or before `through` is a double and dropped; what was sent beyond it is
 *   remembered by sequence in `ahead`. The step from the last kept event to live is within one turn of the loop.
 *
 * `whenLive` is called in that very turn. `now`: no history is owed; the client reads it by queries after `caught_up`,
 * which see everything up to `through`.
 */
export type CatchUp = (session: Session, from: Place | 'now', whenLive: () => void) => Promise<void>

type Ask = <A>(doing: string, query: TaskEither<Problem, A>) => Promise<A>

/**
 * Sends missed history to its end; `through` moves along, and a token with each page. Only what lies within the low
 * watermark is sent before the last page: beyond it, events of lower positions may still be committed while pages are
 * read. The last page is one committed state, so it leaves nothing out. If more than a page lies beyond the watermark,
 * larger pages are asked for.
 */
const historyReader = ({ readSide, persistence, framesOf, outbox, giveToken }: CatchUpParts, ask: Ask) => {
  const sendNotifications = missedNotifications({ readSide, outbox, ask: (query) => ask('reading missed notifications', query) })
  /** The limit of the next page; undefined after the last. */
  const readPage = async (session: Session, limit: number): Promise<number | undefined> => {
    const watermark = await ask('reading how far the timeline is', readSide.progress())
    const page = await ask('reading what was missed', readSide.missed(session.account, session.through, limit))
    const settled = page.done ? page.events : page.events.filter(({ position }) => !isAfter(position, watermark))
    const fresh = settled.filter((event) => !isAhead(session, event, conversationOf(event)))
    await sendSteadily(outbox, session, fresh, await framesOf(fresh))
    const through = later(session.through, page.done ? watermark : earlier(page.through, watermark))
    await sendNotifications(session, session.through, page.done ? 'present' : through)
    session.through = through
    for (const event of fresh) noteAhead(session, event, conversationOf(event))
    if (fresh.length > 0) giveToken(session)
    if (page.done || settled.length > 0) return page.done ? undefined : innerLimits.historyPageEvents
    if (limit >= innerLimits.longestHistoryPageEvents) await after(innerLimits.firstRetryMs, undefined, { signal: persistence.signal })
    return Math.min(2 * limit, innerLimits.longestHistoryPageEvents)
  }
  return async (session: Session): Promise<void> => {
    let limit: number | undefined = innerLimits.historyPageEvents
    while (limit !== undefined && session.stage !== 'closed') limit = await readPage(session, limit)
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
 * next is live. False when what was kept back is not whole or `arrive` says so, true when it is live or closed.
 */
const replayer = ({ framesOf, keptBack, outbox }: CatchUpParts) => async (session: Session, standings: Standings, start: number, arrive: () => boolean): Promise<boolean> => {
  let index = start
  while (session.stage !== 'closed') {
    const kept = keptBack.from(index)
    if (kept === undefined) return false
    if (kept.length === 0) return arrive()
    const due = dueTo(session, standings, kept).filter(({ event }) => !isAhead(session, event, conversationOf(event)))
    await sendSteadily(outbox, session, due.map(({ event }) => event), await framed(framesOf, due))
    for (const { event } of due) noteAhead(session, event, conversationOf(event))
    index += kept.length
  }
  return true
}

/**
 * Seats the session where it is a member. False when a conversation here is further than what the session read: others were
 * handed events before they were announced (a filled hole, a newer history), so it must read on.
 */
const goLive = (registry: Registry, session: Session, standings: Standings): boolean => {
  const seats = [...standings].filter(([, { visible }]) => isMember(visible))
  if (seats.some(([conversation, { last }]) => (registry.rooms.get(conversation)?.last ?? -1) > last)) return false
  for (const [conversation, { visible, asOf, last }] of seats) registry.seat(session, conversation, { visible, asOf }, last)
  session.unsure = false
  session.stage = 'live'
  return true
}

export const createCatchUp = (parts: CatchUpParts): CatchUp => {
  const { readSide, persistence, queries, registry, keptBack } = parts
  const ask: Ask = (doing, query) => queries(() => untilAnswered(persistence, doing, query))
  const readHistory = historyReader(parts, ask)
  const replay = replayer(parts)

  /** Whether the session is live or closed after one round. */
  const round = async (session: Session, history: boolean, whenLive: () => void): Promise<boolean> => {
    const start = keptBack.end()
    const standings = standingsOf(await ask('reading memberships', readSide.memberships(session.account)))
    if (history) await readHistory(session)
    else session.through = await ask('reading how far the timeline is', readSide.progress())
    return replay(session, standings, start, () => {
      const live = goLive(registry, session, standings)
      if (live) whenLive()
      return live
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
