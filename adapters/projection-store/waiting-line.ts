import * as E from 'fp-ts/lib/Either.js'
import type { Position, StreamName } from '../../events/event-store.js'
import { isAfter } from '../../events/progress.js'
import type { Step } from '../../projections/ports.js'

/** An event that could not be applied, and how far its stream has been held back behind it. */
export interface Parking {
  readonly event: Step['event']
  readonly reason: string
}

export interface Known {
  readonly checkpoint: Position | 'start'
  /** By stream: the revision that it waits at. */
  readonly parked: ReadonlyMap<StreamName, bigint>
  /** Ids of events that an operator had left out. */
  readonly skipped: ReadonlySet<string>
}

/** What one read model does with the steps of one transaction. */
export interface WaitingLine {
  /**
   * The steps to apply: not those at or before the checkpoint, skipped, or of parked streams; a step without writes
   * parks its stream from there on. May be asked again about steps that it let through.
   */
  readonly admit: (steps: ReadonlyArray<Step>) => ReadonlyArray<Step>
  readonly park: (event: Step['event'], reason: string) => void
  readonly parked: () => ReadonlyMap<StreamName, bigint>
  /** Parked in this transaction. */
  readonly newlyParked: () => ReadonlyArray<Parking>
  /** By parked stream: the newest revision that was held back in this transaction. */
  readonly heldBack: () => ReadonlyMap<StreamName, bigint>
}

const REASON_CHARACTERS = 2_000

/** Text that every store can keep. */
export const storable = (text: string): string => text.slice(0, REASON_CHARACTERS).replaceAll('\u0000', '\ufffd').toWellFormed()

export const waitingLine = ({ checkpoint, parked, skipped }: Known): WaitingLine => {
  const streams = new Map(parked)
  const newlyParked: Parking[] = []
  const heldBack = new Map<StreamName, bigint>()

  const hold = ({ stream, revision }: Step['event']): void => {
    const newest = heldBack.get(stream)
    if (newest === undefined || newest < revision) heldBack.set(stream, revision)
  }
  const park = (event: Step['event'], reason: string): void => {
    streams.set(event.stream, event.revision)
    newlyParked.push({ event, reason: storable(reason) })
    hold(event)
  }
  const isDue = ({ event, outcome }: Step): boolean => {
    if (!isAfter(event.position, checkpoint) || skipped.has(event.id)) return false
    if (streams.has(event.stream)) hold(event)
    else if (E.isLeft(outcome)) park(event, outcome.left)
    else return true
    return false
  }
  return {
    admit: (steps) => steps.filter(isDue),
    park,
    parked: () => streams,
    newlyParked: () => newlyParked,
    heldBack: () => heldBack,
  }
}

export const writesOf = (steps: ReadonlyArray<Step>): ReadonlyArray<unknown> =>
  steps.flatMap(({ outcome }) => (E.isRight(outcome) ? outcome.right : []))

export const streamsOf = (steps: ReadonlyArray<Step>): ReadonlyArray<StreamName> => [...new Set(steps.map(({ event }) => event.stream))]
