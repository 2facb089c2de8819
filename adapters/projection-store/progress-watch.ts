import type { Position } from '../../events/event-store.js'
import type { ProgressReader } from '../../events/progress.js'

type Progress = Position | 'start'

export interface ProgressWatch extends ProgressReader {
  /** Something was committed in this process: who waits looks at once. */
  readonly notice: () => void
}

/** Asks once for all who wait: at each notice, for each newcomer, and every `pollMs` for what other processes commit. */
export const progressWatch = (ask: () => Promise<Progress>, pollMs: number): ProgressWatch => {
  const waiting = new Set<{ readonly seen: Progress; readonly wake: () => void }>()
  let noticed = false
  let endNap = (): void => undefined
  let watching = false

  const nap = () =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, pollMs)
      endNap = () => { clearTimeout(timer); resolve() }
      if (noticed) endNap()
    })
  const watch = async (): Promise<void> => {
    if (watching) return
    watching = true
    while (waiting.size > 0) {
      noticed = false
      const now = await ask().catch(() => undefined)
      if (now !== undefined) for (const waiter of [...waiting]) if (waiter.seen !== now) waiter.wake()
      if (waiting.size > 0) await nap()
    }
    watching = false
  }
  const notice = (): void => {
    noticed = true
    endNap()
  }
  const changed: ProgressReader['changed'] = (seen, signal) =>
    new Promise((resolve) => {
      if (signal.aborted) return resolve()
      const wake = () => {
        waiting.delete(waiter)
        signal.removeEventListener('abort', leave)
        resolve()
      }
      const leave = () => { wake(); notice() }
      const waiter = { seen, wake }
      waiting.add(waiter)
      signal.addEventListener('abort', leave)
      notice()
      void watch()
    })
  return { progress: ask, changed, notice }
}
