import { setTimeout as after } from 'node:timers/promises'
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import pRetry from 'p-retry'
import { SWEEP_BATCH_STORIES } from '../../../command-side/index.js'
import { decode } from '../../../events/codec.js'
import { limits } from '../../../events/limits.js'
import { storiesStream } from '../../../events/streams.js'
import type { Problem } from '../../../events/wire/answers.js'
import { inParallel } from '../../../platform/in-parallel.js'
import { newId } from '../../../platform/identifiers.js'
import type { Stepped } from './stepped.js'

const authorsAtOnce = 100
const patienceMs = 60_000
const projectedWithinMs = 180_000
const readAtOnce = 512
const streamsAtOnce = 8
const readAgain = 5
const AWAY = 503

export interface Expired {
  readonly stories: number
  readonly postedPerSecond: number
  readonly milliseconds: number
  readonly batches: ReadonlyArray<number>
  /** Each of these must be zero. */
  readonly breaches: Readonly<Record<string, number>>
}

const right = async <A>(task: TaskEither<unknown, A>): Promise<A> => {
  const done = await task()
  if (E.isLeft(done)) throw new Error(JSON.stringify(done.left))
  return done.right
}

/** Sends it again while a part of the service is away, as its answer says: nothing is doubled. */
const patiently = async <A>(command: () => TaskEither<Problem, A>): Promise<A> => {
  const deadline = performance.now() + patienceMs
  for (;;) {
    const done = await command()()
    if (E.isRight(done)) return done.right
    if (done.left.status !== AWAY || performance.now() > deadline) throw new Error(JSON.stringify(done.left))
    await after(done.left.retryAfterMs ?? 0)
  }
}

interface Posted {
  readonly author: string
  readonly storyIds: ReadonlyArray<string>
}

const posting = ({ commandSide }: Stepped, count: number) => async (nth: number): Promise<Posted> => {
  const caller = { account: newId(), device: newId() }
  await patiently(() => commandSide.account(caller.account, { type: 'RegisterAccount', profile: { handle: `many_${nth}`, name: 'One of many' } }))
  await patiently(() => commandSide.account(caller.account, { type: 'RegisterDevice', deviceId: caller.device }))
  const storyIds = Array.from({ length: count }, () => newId())
  for (const storyId of storyIds) await patiently(() => commandSide.story(caller, { type: 'PostStory', storyId, tier: 'public', content: { text: 'one of many' } }))
  return { author: caller.account, storyIds }
}

/** How often each story of an author has ended in the log. */
const endsOf = async ({ foundation: { eventStore } }: Stepped, author: string): Promise<ReadonlyMap<string, number>> => {
  const ends = new Map<string, number>()
  for (let from: bigint | 'start' = 'start'; ;) {
    let last: bigint | undefined
    for await (const event of eventStore.read(storiesStream(author), { from, direction: 'forwards', limit: readAtOnce })) {
      last = event.revision
      const read = decode(event)
      if (E.isRight(read) && read.right.type === 'StoryExpired') ends.set(read.right.data.storyId, (ends.get(read.right.data.storyId) ?? 0) + 1)
    }
    if (last === undefined) return ends
    from = last + 1n
  }
}

/** So many stories are posted at one moment and end at one moment: one sweep, then a second that finds nothing to do. */
export const expireAtOnce = async (stepped: Stepped, stories: number, from: number): Promise<Expired> => {
  const each = limits.storiesPerDay
  stepped.setNow(from)
  const began = performance.now()
  const authors = Array.from({ length: Math.ceil(stories / each) }, (_, nth) => nth)
  const posted = await inParallel(authors, authorsAtOnce, posting(stepped, each))
  const postedPerSecond = Math.round((stories * 1_000) / (performance.now() - began))
  stepped.setNow(from + limits.storyLifetimeMs)
  await projected(stepped)
  const sweepBegan = performance.now()
  const swept = await stepped.sweep()
  const milliseconds = Math.round(performance.now() - sweepBegan)
  const all = posted.flatMap(({ storyIds }) => storyIds)
  const ends = new Map((await inParallel(posted, streamsAtOnce, ({ author }) => pRetry(() => endsOf(stepped, author), { retries: readAgain }))).flatMap((one) => [...one]))
  const again = await stepped.sweep()
  const keys = await right(stepped.foundation.keyStore.find(all))
  const count = (of: ReadonlyArray<unknown>): number => of.length
  return {
    stories: all.length, postedPerSecond, milliseconds, batches: swept.batches,
    breaches: {
      'stories without a StoryExpired': count(all.filter((id) => !ends.has(id))),
      'stories with more than one': count(all.filter((id) => (ends.get(id) ?? 0) > 1)),
      'failures of the one tick': count(swept.failures),
      [`batches over ${SWEEP_BATCH_STORIES.toLocaleString('en')}`]: count(swept.batches.filter((size) => size > SWEEP_BATCH_STORIES)),
      'keys that still open': count(keys.filter(({ _tag }) => _tag !== 'Destroyed')),
      'failures of the next tick': count(again.failures),
    },
  }
}

/** Everything in the log is in the read models. */
const projected = async ({ commandSide, readSide }: Stepped): Promise<void> => {
  const last = newId()
  const { position } = await patiently(() => commandSide.account(last, { type: 'RegisterAccount', profile: { handle: `last_${last.slice(-12)}`, name: 'The last' } }))
  if (position !== undefined) await right(readSide.waitFor(position as Parameters<typeof readSide.waitFor>[0], projectedWithinMs))
}
