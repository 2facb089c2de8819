import type { StreamName } from '../../events/event-store.js'
import type { Lanes } from './lanes.js'
import type { StreamStates } from './stream-states.js'

/** States for those who only look, each in its stream's lane. Both reject when the stream cannot be read. */
export interface RecentStates<State> {
  /** As the stream says now. */
  readonly present: (stream: StreamName) => Promise<State>
  /** As it was known at most so long ago; else the present one. */
  readonly within: (freshMs: number, stream: StreamName) => Promise<State>
}

/** @param elapsed milliseconds, never going back */
export const recentStates = <State>(states: StreamStates<State>, lanes: Lanes, elapsed: () => number): RecentStates<State> => {
  const present = (stream: StreamName): Promise<State> => lanes.run(stream, async () => {
    const { kept, fresh } = await states.current(stream)
    return (fresh ? kept : (await states.caughtUp(stream, kept)).kept).state
  })
  return {
    present,
    within: (freshMs, stream) => {
      const warm = states.warm(stream)
      return warm !== undefined && elapsed() - warm.asOf <= freshMs ? Promise.resolve(warm.kept.state) : present(stream)
    },
  }
}
