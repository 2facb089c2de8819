import type { RecordedEvent } from '../../events/event-store.js'
import { innerLimits } from '../limits.js'
import type { Frame } from './session.js'

/** An event that was handed on, with its frame when a session here needed it. */
export interface Kept {
  readonly event: RecordedEvent
  frame: Frame | undefined
}

/**
 * Live events kept back for the sessions that are still reading history: one list for all of them, each with its own
 * place in it. Bounded: past the bound it is dropped, and whoever stood in it reads on from the store.
 */
export interface KeptBack {
  /** Starts keeping for one more session. */
  readonly open: () => void
  /** One session less; nothing is kept while there is none. */
  readonly release: () => void
  readonly append: (event: RecordedEvent, frame: Frame | undefined) => void
  readonly end: () => number
  /** Undefined when what was kept from there on is no longer whole. */
  readonly from: (index: number) => ReadonlyArray<Kept> | undefined
  /** Forgets everything: something before what follows was missed. */
  readonly drop: () => void
}

const sizeOf = ({ data, metadata, sealed }: RecordedEvent): number => data.byteLength + metadata.byteLength + (sealed?.byteLength ?? 0)

export const createKeptBack = (limitEvents: number = innerLimits.keptBackEvents, limitBytes: number = innerLimits.keptBackBytes): KeptBack => {
  let kept: Kept[] = []
  let [base, readers, bytes] = [0, 0, 0]

  const drop = (): void => {
    base += kept.length + 1
    kept = []
    bytes = 0
  }
  return {
    open: () => { readers += 1 },
    release: () => {
      readers -= 1
      if (readers === 0) drop()
    },
    append: (event, frame) => {
      if (readers === 0) return
      bytes += sizeOf(event) + (frame?.length ?? 0)
      if (kept.length === limitEvents || bytes > limitBytes) drop()
      else kept.push({ event, frame })
    },
    end: () => base + kept.length,
    from: (index) => (index < base ? undefined : kept.slice(index - base)),
    drop,
  }
}
