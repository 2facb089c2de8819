import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { LAG_ALERT_MS, lagOf, rebuild } from '../../../projections/index.js'
import { done } from '../projection-store/subject.js'
import { aConversation, aMessage, append } from './messages.js'
import { traffic } from './projecting.js'
import { journalOf, latestOf, type World } from './world.js'

export const rebuildOf = (world: World, changes: Partial<Parameters<typeof rebuild>[0]> = {}) =>
  rebuild({
    projections: world.projections, eventStore: world.eventStore, store: world.store(), keyStore: world.keyStore,
    partitions: 1, partitionOf: world.feed().partitionOf, onProgress: () => undefined, swap: 'when-equal', ...changes,
  })

export const lagAndRebuild = (subject: () => World): void => {
  describe('lag', () => {
    const lags = async (world: World, now: number, partitions = 1) => {
      const { eventStore, projections, feed } = world
      const answer = await done(lagOf({ eventStore, projections, store: world.store(), partitionOf: feed(partitions).partitionOf, clock: () => now }))
      return answer.map(({ projection, lagMs, state }) => [projection, lagMs, state])
    }

    it('S4: is the age of the oldest event that is not applied, and is late over 5 s, also when no projector ever ran', async () => {
      const world = subject()
      expect(await lags(world, 9_000)).toEqual([['journal', 0, 'in-time'], ['latest', 0, 'in-time']])
      await append(world.eventStore, aConversation(), aMessage(1_000), aMessage(8_000))
      expect(await lags(world, 1_000 + LAG_ALERT_MS)).toEqual([['journal', LAG_ALERT_MS, 'in-time'], ['latest', LAG_ALERT_MS, 'in-time']])
      expect(await lags(world, 1_001 + LAG_ALERT_MS)).toEqual([['journal', LAG_ALERT_MS + 1, 'late'], ['latest', LAG_ALERT_MS + 1, 'late']])
    })

    it('S4: is 0 at the head and grows again when the projector is dead', async () => {
      const world = subject()
      const projector = world.start({ feed: world.feed(4) })
      await world.reached((await append(world.eventStore, aConversation(), aMessage(1_000), aMessage(2_000))).at(-1))
      expect((await lags(world, 90_000, 4)).map(([, lag]) => lag)).toEqual([0, 0])
      await projector.stop()
      await append(world.eventStore, aConversation(), aMessage(3_000))
      expect((await lags(world, 4_000, 4)).map(([, lag]) => lag)).toEqual([1_000, 1_000])
      expect((await lags(world, 3_600_000, 4)).map(([, , state]) => state)).toEqual(['late', 'late'])
    })

    it('what another partition has applied already does not count', async () => {
      const world = subject()
      const all = await traffic(world, 1)
      const [first, last] = [all[0], all.at(-1)]
      if (first === undefined || last === undefined) throw new Error('there are events')
      const { partitionOf } = world.feed(4)
      await done(world.store().resumeAfter(0, 4))
      for (const partition of [0, 1, 2, 3].filter((one) => one !== partitionOf(last.stream))) {
        await done(world.store().commit({ partition, partitions: 4, after: 'start', through: last.position, steps: new Map() }))
      }
      const [oldest] = all.filter(({ stream }) => partitionOf(stream) === partitionOf(last.stream))
      expect(oldest?.position).toBeDefined()
      await append(world.eventStore, aConversation(), aMessage(5_000))
      expect((await lags(world, 10_000, 4))[0]?.[1]).toBe(9_000)
    })
  })

  describe('rebuilding from the log', () => {
    it('L2: rebuilt equals live, with progress; verifying alone changes nothing', async () => {
      const world = subject()
      const all = await traffic(world)
      const projector = world.start({ feed: world.feed(4) })
      await world.reached(all.at(-1))
      await projector.stop()
      const late = await traffic(world, 1)
      const progress: number[] = []
      const report = await done(rebuildOf(world, {
        partitions: 4, partitionOf: world.feed(4).partitionOf, swap: 'never', onProgress: ({ events }) => progress.push(events),
      }))
      expect(report).toMatchObject({ swapped: false, events: all.length })
      expect(report.comparisons.every(({ onlyLive, onlyRebuilt, liveRows }) => onlyLive === 0 && onlyRebuilt === 0 && liveRows > 0)).toBe(true)
      expect(progress.at(-1)).toBe(all.length)
      expect((await done(rebuildOf(world, { partitions: 4, partitionOf: world.feed(4).partitionOf }))).swapped).toBe(true)
      world.start({ feed: world.feed(4) })
      await world.reached(late.at(-1))
      expect([await world.rows('journal'), await world.rows('latest')]).toEqual([journalOf([...all, ...late]), latestOf([...all, ...late])])
    })

    it('partitions that stand at different places are met each where it stands', async () => {
      const world = subject()
      const all = await traffic(world, 1)
      const { partitionOf } = world.feed(2)
      await done(world.store().resumeAfter(0, 2))
      const last = all.at(-1)
      if (last === undefined) throw new Error('there are events')
      const steps = all.filter(({ stream }) => partitionOf(stream) === 1)
        .map((event) => ({ event, outcome: E.right([{ stream: event.stream, revision: Number(event.revision), text: event.id }]) }))
      await done(world.store().commit({ partition: 1, partitions: 2, after: 'start', through: last.position, steps: new Map([['journal', steps], ['latest', steps]]) }))
      const report = await done(rebuildOf(world, { partitions: 2, partitionOf }))
      expect(report).toMatchObject({ swapped: true, events: 0 })
      expect(report.comparisons[0]).toMatchObject({ liveRows: steps.length, rebuiltRows: steps.length })
    })

    it('a mended projection is put in place with its differences told, and its streams are parked no more', async () => {
      const world = subject()
      const bad = aConversation()
      const event = aMessage()
      world.poisonous.add(event.id)
      world.start()
      const all = [...(await append(world.eventStore, bad, aMessage(), event, aMessage())), ...(await traffic(world, 1))]
      await world.reached(all.at(-1))
      expect((await done(rebuildOf(world))).swapped).toBe(true)
      expect(await done(world.parked.parked())).toHaveLength(1)
      world.poisonous.clear()
      const report = await done(rebuildOf(world, { swap: 'always' }))
      expect(report.comparisons.find(({ table }) => table === 'entries')).toMatchObject({ onlyLive: 0, onlyRebuilt: 2 })
      expect([await world.rows('journal'), await done(world.parked.parked())]).toEqual([journalOf(all), []])
    })

    it('an interrupted one changes nothing, and the next begins anew', async () => {
      const world = subject()
      world.start()
      const all = await traffic(world, 1)
      await world.reached(all.at(-1))
      expect(await rebuildOf(world, { signal: AbortSignal.abort() })()).toMatchObject(E.left({ _tag: 'Interrupted' }))
      expect((await done(rebuildOf(world))).swapped).toBe(true)
      expect(await world.rows('journal')).toEqual(journalOf(all))
    })
  })
}
