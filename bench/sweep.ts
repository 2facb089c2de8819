import { randomBytes, randomUUID } from 'node:crypto'
import { postgresDueStories } from '../adapters/postgres/stories/due-stories.js'
import { postgresEndedStories } from '../adapters/postgres/stories/ended-stories.js'
import { sweepStories, type SweepDependencies } from '../command-side/index.js'
import type { NewEvent, StreamName } from '../events/event-store.js'
import { limits } from '../events/limits.js'
import { newId } from '../platform/identifiers.js'
import { inParallel } from '../platform/in-parallel.js'
import { done, dueWorldOn } from '../test/support/due-world.js'
import { benchDatabase } from './support/database.js'
import { publish, type Measurement } from './support/report.js'

const stories = Number(process.env['STORIES'] ?? 25_000)
const storiesOfOne = limits.storiesPerDay
const inFlight = 32
const data = Buffer.from(JSON.stringify({ storyId: newId(), unit: newId() }))
const metadata = Buffer.from(JSON.stringify({ actor: 'system', command: null, correlation: newId(), device: null, previous: randomBytes(32).toString('base64url'), recordedAt: 1_790_000_000_000 }))

const database = await benchDatabase()
const { pool } = database
const world = await dueWorldOn(pool)

const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const began = performance.now()
  await work()
  return (performance.now() - began) / 1_000
}

const plain = (): NewEvent => ({ id: newId(), type: 'StoryExpired', version: 1, data, metadata, sealed: undefined })

/** As many events of the same size into as many new streams, and nothing else: seconds. */
const appended = (streams: number, each: number): Promise<number> => timed(() =>
  inParallel([...Array(streams).keys()], inFlight, () => {
    const [first, ...more] = Array.from({ length: each }, plain)
    if (first === undefined) throw new Error('nothing to append')
    return done(world.eventStore.append(`plain-${randomUUID()}` as StreamName, 'no-stream', [first, ...more]))
  }))

/** Seconds of a sweep, those of them that went into keys, and its batches; by a process that has read nothing before. */
const swept = async (): Promise<{ readonly seconds: number; readonly keySeconds: number; readonly batches: ReadonlyArray<number> }> => {
  const side = world.commandSide()
  let keySeconds = 0
  const keyStore: SweepDependencies['keyStore'] = {
    destroy: (units) => async () => {
      const began = performance.now()
      const outcome = await world.keyStore.destroy(units)()
      keySeconds += (performance.now() - began) / 1_000
      return outcome
    },
  }
  const began = performance.now()
  const outcome = await sweepStories({ dueStories: postgresDueStories(pool), endedStories: postgresEndedStories(pool), expireStories: side.expireStories, keyStore, clock: world.clock }, new AbortController().signal)
  const seconds = (performance.now() - began) / 1_000
  if (outcome.ended !== stories || outcome.failures.length > 0) throw new Error(`not a whole sweep: ${JSON.stringify(outcome)}`)
  await side.close()
  await world.project()
  return { seconds, keySeconds, batches: outcome.batches }
}

const measured = async (authors: number, each: number): Promise<ReadonlyArray<Measurement>> => {
  await world.post(authors, each)
  world.pass(limits.storyLifetimeMs)
  await appended(Math.min(authors, 1_000), 1)
  const before = await appended(authors, each)
  const { seconds, keySeconds, batches } = await swept()
  const limit = (before + (await appended(authors, each))) / 2
  return [
    {
      subject: `one tick, ${each} of each of ${authors} authors`, unit: 'stories/s', value: stories / seconds, ratios: { 'the bare appends': limit / seconds },
      notes: `${seconds.toFixed(2)} s, ${keySeconds.toFixed(2)} s of them for keys; batches ${batches.join(' + ')}`,
    },
    { subject: `bare appends of as many events to ${authors} streams`, unit: 'events/s', value: stories / limit, notes: `${limit.toFixed(2)} s` },
  ]
}

const measurements = [...(await measured(Math.floor(stories / storiesOfOne), storiesOfOne)), ...(await measured(stories, 1))]
publish({
  name: 'sweep',
  claim: `T2: ${stories} stories expire at once and are ended in one tick: looked up, an event appended to each author's hash chain, keys destroyed; by a process that must read each author's stream first. Demand: one tick, no batch above 10,000.`,
  conditions: { stories, 'in flight': inFlight, durability: 'fsync, synchronous_commit, full_page_writes on', order: 'appends, sweep, appends' },
  measurements,
})
await world.close()
await database.close()
