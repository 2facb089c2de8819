import * as NEA from 'fp-ts/lib/NonEmptyArray.js'
import type { Audience } from '../../events/audience.js'
import type { RecordedEvent } from '../../events/event-store.js'
import type { Clock } from '../../platform/clock.js'
import type { NewId } from '../../platform/identifiers.js'
import { createSignalFrames, type SignalFrames } from '../handlers/signals.js'
import { gatewayLimits } from '../limits.js'
import type { Delivery, LastSeenRule, PresenceStore, Signal, Signals } from '../ports.js'
import type { Outbox } from '../sessions/outbox.js'
import type { Registry } from '../sessions/registry.js'
import { concernOf, type Concern } from './concerns.js'
import { createGlances, type Glances } from './glances.js'
import { createLeases } from './leases.js'
import { seldom } from './seldom.js'
import { createTelling, type Telling } from './telling.js'
import { createWatches, type Watches } from './watches.js'

export interface PresenceParts {
  readonly signals: Signals
  readonly presenceStore: PresenceStore
  readonly lastSeenRule: LastSeenRule
  readonly audience: Pick<Audience, 'relations'>
  readonly registry: Registry
  readonly outbox: Outbox
  readonly clock: Clock
  readonly newId: NewId
  readonly onDefect: (error: unknown) => void
}

/** Who is online, who is writing, what has arrived: beside the log, and gone with the moment. */
export interface Presence {
  readonly frames: SignalFrames
  /** Committed events: some change who may know of whom. */
  readonly heard: (events: ReadonlyArray<RecordedEvent>) => void
  readonly everySecond: () => void
  /** Says of those who were here that they are not. */
  readonly stop: () => Promise<void>
}

/** Runs the work once more for any number of calls while it runs. */
const oneAtATime = (work: () => Promise<void>, onDefect: (error: unknown) => void) => {
  let [wanted, running]: [boolean, Promise<void> | undefined] = [false, undefined]
  const run = async (): Promise<void> => {
    while (wanted) {
      wanted = false
      await work().catch(onDefect)
    }
    running = undefined
  }
  return (): Promise<void> => {
    wanted = true
    return (running ??= run())
  }
}

/** Marks as due whatever the change may have changed for sessions here. */
const reconsiderer = (registry: Registry, watches: Watches, glances: Glances) => {
  const reconsider = (viewer: string, account: string | undefined): void => {
    for (const session of registry.ofAccount(viewer)) {
      for (const watched of watches.watchedBy(session)) if (account === undefined || watched === account) glances.due(session, watched)
    }
  }
  return ({ account, other }: Concern): void => {
    reconsider(account, other)
    if (other !== undefined) reconsider(other, account)
    else for (const session of watches.watchersOf(account)) glances.due(session, account)
  }
}

const byConversation = NEA.groupBy(({ conversation }: Delivery) => conversation)

const hearing = (registry: Registry, watches: Watches, glances: Glances, telling: Telling, { clock, onDefect }: PresenceParts) => {
  const writing = seldom(gatewayLimits.typingEveryMs / 2)
  const hear = (signals: ReadonlyArray<Signal>): void => {
    for (const signal of signals) {
      if (signal.type === 'presence') for (const session of watches.watchersOf(signal.userId)) glances.due(session, signal.userId)
      else if (signal.type === 'delivered' || !registry.rooms.has(signal.conversation)) continue
      else if (writing.mayPass(`${signal.conversation} ${signal.userId}`, clock())) void telling.typing(signal).catch(onDefect)
    }
    const deliveries = byConversation(signals.flatMap((signal) => (signal.type === 'delivered' && registry.rooms.has(signal.conversation) ? [signal] : [])))
    for (const [conversation, some] of Object.entries(deliveries)) void telling.delivered(conversation, some).catch(onDefect)
  }
  return { hear, forget: () => { writing.forget(clock()) } }
}

/** Listens before it resolves, so that what is published after the first socket opens is heard. */
export const startPresence = async (parts: PresenceParts): Promise<Presence> => {
  const { signals, presenceStore: store, lastSeenRule: rule, registry, outbox, clock, newId, onDefect } = parts
  const isHere = (account: string): boolean => !registry.ofAccount(account)[Symbol.iterator]().next().done
  const watches = createWatches()
  const leases = createLeases({ gateway: newId(), store, signals, isHere, clock })
  const glances = createGlances({ store, rule, watches, isHere, outbox, clock })
  const { hear, forget } = hearing(registry, watches, glances, createTelling(parts), parts)
  const reconsider = reconsiderer(registry, watches, glances)
  const round = oneAtATime(async () => {
    await leases.settle()
    await glances.look()
  }, onDefect)
  const frames = createSignalFrames({
    registry, signals, clock,
    watch: (session, accounts) => {
      watches.watch(session, accounts)
      for (const account of accounts) glances.due(session, account)
      void round()
    },
  })
  registry.onMove((session) => {
    leases.note(session.account)
    if (session.stage === 'closed') watches.unwatch(session)
  })
  const leave = await signals.listen(hear)
  return {
    frames,
    heard: (events) => {
      const concerns = events.flatMap((event) => concernOf(event) ?? [])
      if (concerns.length === 0) return
      for (const concern of concerns) reconsider(concern)
      void round()
    },
    everySecond: () => {
      frames.round()
      forget()
      glances.dueWhenOver()
      void round()
    },
    stop: async () => {
      await round()
      await leave()
    },
  }
}
