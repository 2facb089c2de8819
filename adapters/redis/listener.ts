import * as E from 'fp-ts/lib/Either.js'
import type { CommittedBatch } from '../../events/committed.js'
import type { FanOut } from '../../gateway/ports.js'
import { hearers } from '../fan-out/hearers.js'
import type { OnProblem } from '../problem.js'
import { decodeBatch } from './batch-codec.js'
import { redisSubscription } from './subscription.js'

export interface RedisListener extends FanOut {
  readonly close: () => void
}

export const redisListener = (url: string, channels: ReadonlyArray<string>, onProblem: OnProblem): RedisListener => {
  const [batches, gaps] = [hearers<CommittedBatch>(onProblem), hearers<void>(onProblem)]

  const message = (text: string): void => {
    const batch = decodeBatch(text)
    if (E.isRight(batch)) return batches.tell(batch.right)
    onProblem({ where: 'fan-out', doing: 'reading a message', error: batch.left })
    gaps.tell()
  }
  const subscription = redisSubscription(url, 'tidings-listener', channels, onProblem, { message, gap: () => gaps.tell() })
  return {
    listen: async (listener) => {
      const leave = batches.add(listener)
      await subscription.begin()
      return async () => leave()
    },
    onGap: (notice) => void gaps.add(notice),
    close: subscription.close,
  }
}
