import type { RecordedEvent } from '../../../events/event-store.js'

const KEPT_EVENTS = 4_096
const KEPT_BYTES = 8 * 1024 * 1024

/** The newest commits of this process, without a gap, so that its own followers need not read them back. Bounded. */
export interface RecentCommits {
  /** Events of one commit, in the order of their positions, which follow one another. */
  readonly add: (events: ReadonlyArray<RecordedEvent>) => void
  /** All that is kept after a position; undefined when that is nothing, or something in between is not kept. */
  readonly after: (position: bigint) => ReadonlyArray<RecordedEvent> | undefined
}

const bytesOf = ({ data, metadata, sealed }: RecordedEvent): number => data.byteLength + metadata.byteLength + (sealed?.byteLength ?? 0)

export const recentCommits = (): RecentCommits => {
  let kept: RecordedEvent[] = []
  let [end, bytes] = [0n, 0]

  const add = (events: ReadonlyArray<RecordedEvent>): void => {
    const [first, last] = [events[0], events.at(-1)]
    if (first === undefined || last === undefined) return
    // Otherwise another process wrote in between.
    const goesOn = BigInt(first.position) === end + 1n
    if (!goesOn || kept.length >= KEPT_EVENTS || bytes >= KEPT_BYTES) [kept, bytes] = [[], 0]
    for (const event of events) {
      kept.push(event)
      bytes += bytesOf(event)
    }
    end = BigInt(last.position)
  }
  const after: RecentCommits['after'] = (position) => {
    const wanted = Number(end - position)
    return wanted > 0 && wanted <= kept.length ? kept.slice(-wanted) : undefined
  }
  return { add, after }
}
