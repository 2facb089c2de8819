import type { Position } from './event-store.js'

/** Whether a position lies behind a checkpoint. */
export const isAfter = (position: Position, checkpoint: Position | 'start'): boolean => checkpoint === 'start' || position > checkpoint

/** The earliest of some checkpoints; `start` when there is none. */
export const earliest = (checkpoints: ReadonlyArray<Position | 'start'>): Position | 'start' =>
  checkpoints.reduce((low, next) => (low !== 'start' && (next === 'start' || next < low) ? next : low), checkpoints[0] ?? 'start')

/** How far the read models have come, for whoever waits for a position (`?after=`) or says what was sent (sync tokens). */
export interface ProgressReader {
  /** Low watermark: every read model holds everything up to it, parked streams aside. Rejects when it cannot be asked. */
  readonly progress: () => Promise<Position | 'start'>
  /**
   * Resolves once the progress is no longer `seen`, at once if it is not now; else by the signal. Many may wait at the
   * price of one. A store that cannot be asked is asked again.
   */
  readonly changed: (seen: Position | 'start', signal: AbortSignal) => Promise<void>
}
