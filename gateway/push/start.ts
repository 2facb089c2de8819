import * as E from 'fp-ts/lib/Either.js'
import type { Position } from '../../events/event-store.js'
import { pushLimits } from '../limits.js'
import type { PushStoreUnavailable } from '../ports.js'
import { sendDue, type SendParts } from './send.js'
import { pushBatchOf, type LogBatch } from './take.js'

export interface PusherOptions extends SendParts {
  /** Of the feed. */
  readonly partitions: number
  readonly onDefect: (error: unknown) => void
}

/**
 * Pushes notifications to browsers. It takes the log by a consumer of its own, so nobody waits for it, and keeps what it has
 * taken until it is sent, over restarts. Any number of them share the work.
 */
export interface Pusher {
  /** Rejects while the store is away. */
  readonly resumeAfter: (partition: number) => Promise<Position | 'start'>
  /** Resolves once what the batch tells waits in the store; rejects while the store is away. */
  readonly take: (batch: LogBatch) => Promise<void>
  /** Resolves when what is being sent is sent. */
  readonly stop: () => Promise<void>
}

const orReject = <A>(answer: E.Either<PushStoreUnavailable, A>): A => {
  if (E.isLeft(answer)) throw new Error(answer.left.reason)
  return answer.right
}

/** Runs `work` again and again while it answers true, then once every `idleMs` or as soon as it is woken. */
const rounds = (work: () => Promise<boolean>, idleMs: number, onDefect: (error: unknown) => void) => {
  let [stopped, wake, woken] = [false, (): void => undefined, false]
  const idle = (): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, woken || stopped ? 0 : idleMs)
      wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  const run = async (): Promise<void> => {
    while (!stopped) {
      woken = false
      const more = await work().catch((error: unknown) => {
        onDefect(error)
        return false
      })
      if (!more) await idle()
    }
  }
  const running = run()
  return {
    wake: () => {
      woken = true
      wake()
    },
    stop: () => {
      stopped = true
      wake()
      return running
    },
  }
}

export const startPusher = (options: PusherOptions): Pusher => {
  const { store, partitions, clock, onDefect } = options
  const sending = rounds(() => sendDue(options), pushLimits.idleMs, onDefect)
  const keptAt = new Map<number, number>()
  return {
    resumeAfter: async (partition) => orReject(await store.place(partition, partitions)()),
    take: async (batch) => {
      const now = clock()
      const found = pushBatchOf(batch, partitions, now)
      const nothing = found.notices.length === 0 && found.revoked.length === 0
      // Batches that bring nothing may come again: their place is kept now and then only.
      if (nothing && now - (keptAt.get(batch.partition) ?? 0) < pushLimits.placeKeptEveryMs) return
      orReject(await store.take(found, now)())
      keptAt.set(batch.partition, now)
      if (!nothing) sending.wake()
    },
    stop: sending.stop,
  }
}
