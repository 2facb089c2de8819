import * as TE from 'fp-ts/lib/TaskEither.js'
import { describe, expect, it } from 'vitest'
import { overdueMs } from '../../command-side/sweeping/overdue.js'
import { SWEEP_BATCH_STORIES, sweepStories } from '../../command-side/sweeping/sweep.js'
import { limits } from '../../events/limits.js'
import { storiesStream } from '../../events/streams.js'
import { verifyLog } from '../../server/cli/log.js'
import { aMember, answer, codeOf, refusal } from '../support/command-side.js'
import { sweptWorld } from '../support/swept-world.js'

const hourMs = 3_600_000
const never = new AbortController().signal

describe('a sweep', () => {
  it('T2, T4, T6: 25,000 stories that expired at once are ended in one sweep, each once, in batches of at most 10,000; keys gone, chains whole', async () => {
    const world = sweptWorld()
    const storyIds = await world.post(250, 100)
    world.pass(limits.storyLifetimeMs)
    const destroyed: number[] = []
    const keyStore = { destroy: (units: ReadonlyArray<string>) => { destroyed.push(units.length); return world.keyStore.destroy(units) } }
    expect(await sweepStories({ ...world.sweeping(), keyStore }, never)).toEqual({ batches: [10_000, 10_000, 5_000], ended: 25_000, failures: [] })
    expect(world.ends()).toEqual([...storyIds].sort())
    expect(Math.max(...destroyed)).toBeLessThanOrEqual(SWEEP_BATCH_STORIES)
    expect(new Set((await answer(world.keyStore.find(storyIds))).map(({ _tag }) => _tag))).toEqual(new Set(['Destroyed']))
    expect((await verifyLog(world.eventStore, () => undefined)).breaks).toEqual([])
    world.project()
    expect(world.stories.tables.current().stories.size).toBe(0)
    expect(await sweepStories(world.sweeping(), never)).toEqual({ batches: [], ended: 0, failures: [] })
  }, 120_000)

  it('X6: what is not over stays as it is, to the millisecond', async () => {
    const world = sweptWorld()
    const storyIds = await world.post(1, 1)
    world.pass(limits.storyLifetimeMs - 1)
    expect((await sweepStories(world.sweeping(), never)).batches).toEqual([])
    expect((await answer(world.keyStore.find(storyIds)))[0]?._tag).toBe('Living')
    world.pass(1)
    expect(await sweepStories(world.sweeping(), never)).toMatchObject({ ended: 1 })
  })

  it('T4: 8 sweepers of processes that know nothing of one another, at once: one StoryExpired each', async () => {
    const world = sweptWorld()
    const storyIds = await world.post(40, 10)
    world.pass(limits.storyLifetimeMs)
    const swept = await Promise.all(Array.from({ length: 8 }, () => sweepStories(world.sweeping(), never)))
    expect(swept.map(({ failures }) => failures)).toEqual(Array.from({ length: 8 }, () => []))
    expect(world.ends()).toEqual([...storyIds].sort())
    expect((await verifyLog(world.eventStore, () => undefined)).breaks).toEqual([])
  })

  it('a projection that stands still neither holds the sweep nor doubles anything', async () => {
    const world = sweptWorld()
    const storyIds = await world.post(5, 4)
    world.pass(limits.storyLifetimeMs)
    for (let again = 0; again < 3; again += 1) expect(await sweepStories(world.sweeping(), never)).toMatchObject({ batches: [20], ended: 20 })
    expect(world.ends()).toEqual([...storyIds].sort())
  })

  it('T3: what its author deleted gets no other end', async () => {
    const world = sweptWorld()
    const [storyId = ''] = await world.post(1, 1)
    const [author] = world.authors()
    if (author === undefined) throw new Error('nobody posted')
    await answer(world.side().story(author, { type: 'DeleteStory', storyId }))
    world.pass(limits.storyLifetimeMs)
    expect(await sweepStories(world.sweeping(), never)).toEqual({ batches: [1], ended: 1, failures: [] })
    expect(world.ends()).toEqual([])
  })

  it('T2: a log that is lost half way ends the sweep there; what was ended is forgotten, and the next sweep ends the rest, each once', async () => {
    const world = sweptWorld()
    const storyIds = await world.post(600, 1)
    world.pass(limits.storyLifetimeMs)
    let appends = 0
    const eventStore = { ...world.eventStore, append: (...args: Parameters<typeof world.eventStore.append>) =>
      (appends += 1) > 300 ? TE.left({ _tag: 'StoreUnavailable' as const, retryAfterMs: 5, reason: 'gone' }) : world.eventStore.append(...args) }
    const swept = await sweepStories(world.sweeping({ eventStore }), never)
    expect(swept).toMatchObject({ batches: [600], ended: 300, failures: ['urn:tidings:problem:unavailable'] })
    // Not every author was asked once more of a log that is away.
    expect(appends).toBeLessThan(600 * 6)
    const states = await answer(world.keyStore.find(storyIds))
    expect(states.filter(({ _tag }) => _tag === 'Destroyed')).toHaveLength(300)
    expect(new Set(storyIds.filter((_, index) => states[index]?._tag === 'Destroyed'))).toEqual(new Set(world.ends()))
    expect(await sweepStories(world.sweeping(), never)).toMatchObject({ failures: [] })
    expect(world.ends()).toEqual([...storyIds].sort())
  })

  it('keys that cannot be destroyed now are destroyed by the next sweep, without another end', async () => {
    const world = sweptWorld()
    const storyIds = await world.post(2, 2)
    world.pass(limits.storyLifetimeMs)
    const keyStore = { destroy: () => TE.left({ _tag: 'KeyStoreUnavailable' as const, retryAfterMs: 5, reason: 'keys are away' }) }
    expect(await sweepStories({ ...world.sweeping(), keyStore }, never)).toEqual({ batches: [4], ended: 0, failures: ['keys are away'] })
    expect(await sweepStories(world.sweeping(), never)).toMatchObject({ ended: 4, failures: [] })
    expect((await answer(world.keyStore.find(storyIds))).every(({ _tag }) => _tag === 'Destroyed')).toBe(true)
    expect(world.ends()).toEqual([...storyIds].sort())
  })

  it('an author whose stream cannot be read is passed over: all others are swept, and it is told', async () => {
    const world = sweptWorld()
    const storyIds = await world.post(100, 1)
    world.pass(limits.storyLifetimeMs)
    const [broken] = world.authors()
    const eventStore = { ...world.eventStore, read: (...[stream, options]: Parameters<typeof world.eventStore.read>) => {
      if (stream === storiesStream(broken?.account ?? '')) throw new TypeError('not an event')
      return world.eventStore.read(stream, options)
    } }
    expect(await sweepStories(world.sweeping({ eventStore }), never)).toEqual({ batches: [100], ended: 99, failures: ['urn:tidings:problem:internal'] })
    expect(world.ends()).toHaveLength(99)
    expect(await sweepStories(world.sweeping(), never)).toMatchObject({ failures: [] })
    expect(world.ends()).toEqual([...storyIds].sort())
  })

  it('what is due cannot be looked up: nothing is done and it is told', async () => {
    const dueStories = { due: () => TE.left({ _tag: 'Unavailable' as const, retryAfterMs: 5, reason: 'no read model' }) }
    expect(await sweepStories({ ...sweptWorld().sweeping(), dueStories }, never)).toEqual({ batches: [], ended: 0, failures: ['no read model'] })
  })

  it('aborted, it begins nothing more, and what it ended is forgotten', async () => {
    const world = sweptWorld()
    await world.post(600, 1)
    world.pass(limits.storyLifetimeMs)
    const stopping = new AbortController()
    const { expireStories } = world.sweeping()
    const swept = await sweepStories({ ...world.sweeping(), expireStories: (author, storyIds) => { stopping.abort(); return expireStories(author, storyIds) } }, stopping.signal)
    expect(swept.ended).toBeGreaterThan(0)
    expect(swept.ended).toBeLessThan(600)
    expect(world.ends()).toHaveLength(swept.ended)
  })
})

describe('T5: nobody sweeps for a day', () => {
  it('stories are invisible all the same, and from an hour after the first end on they are overdue', async () => {
    const world = sweptWorld()
    const [storyId = ''] = await world.post(1, 1)
    const [author] = world.authors()
    const viewer = await aMember(world.side())
    const look = () => world.side().story(viewer, { type: 'ViewStory', author: author?.account ?? '', storyId })
    const overdue = () => answer(overdueMs(world.dueStories, world.clock))
    world.pass(limits.storyLifetimeMs - 1)
    await answer(look())
    expect(await overdue()).toBe(0)
    world.pass(1)
    expect(codeOf(await refusal(look()))).toBe('not-found')
    world.pass(hourMs)
    expect(await overdue()).toBe(hourMs)
    world.pass(23 * hourMs)
    expect(codeOf(await refusal(look()))).toBe('not-found')
    expect(world.ends()).toEqual([])
    expect(await overdue()).toBe(24 * hourMs)
    expect(await sweepStories(world.sweeping(), never)).toMatchObject({ ended: 1 })
    world.project()
    expect(await overdue()).toBe(0)
  })
})
