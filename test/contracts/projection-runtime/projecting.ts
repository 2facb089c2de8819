import { describe, expect, it } from 'vitest'
import type { RecordedEvent } from '../../../events/event-store.js'
import { done } from '../projection-store/subject.js'
import { until } from '../../support/until.js'
import { aConversation, aDevice, aMessage, anAccount, append, fromTheFuture } from './messages.js'
import { scriptedFeed } from './scripted-feed.js'
import { brokenChains, journalOf, latestOf, type World } from './world.js'

const CONVERSATIONS = 12
const ROUNDS = 8

/** Appends a few messages to each conversation, one conversation after another. */
export const traffic = async ({ eventStore }: Pick<World, 'eventStore'>, rounds = ROUNDS): Promise<ReadonlyArray<RecordedEvent>> => {
  const conversations = Array.from({ length: CONVERSATIONS }, aConversation)
  const recorded: RecordedEvent[] = []
  for (let round = 0; round < rounds; round += 1) {
    for (const conversation of conversations) recorded.push(...(await append(eventStore, conversation, aMessage(), aMessage())))
  }
  return recorded
}

const announcedEvents = ({ announced }: World) => announced.flatMap(({ events }) => events)
const positions = (events: ReadonlyArray<RecordedEvent>) => events.map(({ position }) => position)
const inOrder = (events: ReadonlyArray<RecordedEvent>) => [...positions(events)].sort()

export const projecting = (subject: () => World): void => {
  describe('projecting', () => {
    it('L2: what was there and what comes is projected, once, and announced in a chain', async () => {
      const world = subject()
      const before = await traffic(world)
      world.start({ maxEvents: 10 })
      const all = [...before, ...(await traffic(world))]
      await world.reached(all.at(-1))
      await until(() => announcedEvents(world).length === all.length)
      expect([await world.rows('journal'), await world.rows('latest')]).toEqual([journalOf(all), latestOf(all)])
      expect(positions(announcedEvents(world))).toEqual(inOrder(all))
      expect([brokenChains(world.announced), world.problems]).toEqual([[], []])
    })

    it('G9: whoever hears of an event can read it', async () => {
      const world = subject()
      const found: Promise<boolean>[] = []
      world.start({
        maxEvents: 7,
        announcer: {
          announce: ({ events }) => found.push(world.rows('journal').then((rows) => {
            const ids = new Set(rows.map(({ text }) => text))
            return events.every(({ id }) => ids.has(id))
          })),
        },
      })
      await world.reached((await traffic(world, 3)).at(-1))
      expect(found.length).toBeGreaterThan(3)
      expect(await Promise.all(found)).not.toContain(false)
    })

    it('events that concern no projection are announced too; streams that are not ours disturb nobody', async () => {
      const world = subject()
      world.start()
      await append(world.eventStore, '$system-stream' as RecordedEvent['stream'], aMessage())
      const [device] = await append(world.eventStore, anAccount(), aDevice())
      await world.reached(device)
      await until(() => announcedEvents(world).length === 2)
      expect([await world.rows('journal'), world.problems]).toEqual([[], []])
    })

    it('a projector that starts says where it stands, so that a listener notices what it missed', async () => {
      const world = subject()
      const all = await traffic(world, 1)
      await world.start().stop()
      const first = world.start()
      await world.reached(all.at(-1))
      await first.stop()
      world.announced.length = 0
      world.start()
      await until(() => world.announced.length > 0)
      expect(world.announced[0]).toEqual({ partition: 0, after: all.at(-1)?.position, through: all.at(-1)?.position, events: [] })
    })

    it('killed between commit and acknowledgement: the batch comes again and changes nothing', async () => {
      const world = subject()
      const all = await traffic(world, 1)
      const { feed, give } = scriptedFeed()
      const through = all.at(-1)?.position
      if (through === undefined) throw new Error('there are events')
      const first = world.start({ feed })
      await give({ events: all, through })
      await first.stop()
      const second = scriptedFeed()
      world.start({ feed: second.feed })
      await second.give({ events: all, through })
      await second.give({ events: all.slice(5), through })
      expect(second.resumedAfter()).toEqual([through])
      expect(await world.rows('journal')).toEqual(journalOf(all))
      expect(announcedEvents(world)).toHaveLength(all.length)
      expect(brokenChains(world.announced)).toEqual([])
    })

    it('two projectors for one partition by mistake: one writes, each event is announced once', async () => {
      const world = subject()
      const before = await traffic(world)
      world.start({ maxEvents: 7, feed: world.feed() })
      world.start({ maxEvents: 11, feed: world.feed() })
      const all = [...before, ...(await traffic(world))]
      await world.reached(all.at(-1))
      await until(() => announcedEvents(world).length >= all.length)
      expect([await world.rows('journal'), await world.rows('latest')]).toEqual([journalOf(all), latestOf(all)])
      expect([...positions(announcedEvents(world))].sort()).toEqual(inOrder(all))
    })

    it('another number of partitions goes on where all had come', async () => {
      const world = subject()
      const all = [...(await traffic(world, 2))]
      for (const partitions of [1, 8, 3]) {
        const projector = world.start({ feed: world.feed(partitions), maxEvents: 5 })
        all.push(...(await traffic(world, 2)))
        await until(async () => new Set((await done(world.store().checkpoints())).map(({ partition }) => partition)).size === partitions)
        await world.reached(all.at(-1))
        await projector.stop()
      }
      expect([await world.rows('journal'), await world.rows('latest')]).toEqual([journalOf(all), latestOf(all)])
    })

    it('a checkpoint that moved away is taken up again', async () => {
      const world = subject()
      const all = await traffic(world, 1)
      const { feed, give, resumedAfter } = scriptedFeed()
      const [third, last] = [all[2]?.position, all.at(-1)?.position]
      if (third === undefined || last === undefined) throw new Error('there are events')
      world.start({ feed })
      await give({ events: all.slice(0, 3), through: third })
      // Another process, started with another number of partitions, has split the read models anew.
      await done(world.store().resumeAfter(0, 4))
      await expect(give({ events: all.slice(3), through: last })).rejects.toThrow('partitions')
      await until(() => resumedAfter().length === 2)
      await give({ events: all.slice(3), through: last })
      expect(await world.rows('journal')).toEqual(journalOf(all))
      expect(world.problems.map((problem) => problem._tag === 'NotCommitted' && problem.error._tag)).toEqual(['CheckpointMoved'])
    })
  })

  describe('poison', () => {
    it('an event that cannot be read parks its stream only; from there on it is not announced, and skipped with a reason it goes on', async () => {
      const world = subject()
      const [bad, good] = [aConversation(), aConversation()]
      world.start()
      const first = await append(world.eventStore, bad, aMessage(), fromTheFuture(), aMessage())
      const others = await append(world.eventStore, good, aMessage(), aMessage())
      await world.reached(others.at(-1))
      expect(await world.rows('journal')).toEqual(journalOf([...first.slice(0, 1), ...others]))
      await until(() => announcedEvents(world).length === 3)
      expect(positions(announcedEvents(world))).toEqual(inOrder([...first.slice(0, 1), ...others]))
      const parked = await done(world.parked.parked())
      expect(parked.map(({ projection, stream, revision, reason }) => [projection, stream, revision, reason])).toEqual(
        ['journal', 'latest'].map((projection) => [projection, bad, 1n, 'unknown version 99 of MessageSent']))
      expect(await done(world.parked.retry('journal', bad))).toMatchObject({ _tag: 'ParkedAgain' })
      expect(await done(world.parked.skip('journal', bad, 'written by a test'))).toEqual({ _tag: 'Released' })
      const [later] = await append(world.eventStore, bad, aMessage())
      await world.reached(later)
      if (later === undefined) throw new Error('there is one')
      expect(await world.rows('journal')).toEqual(journalOf([...first.filter((_, index) => index !== 1), ...others, later]))
      expect((await done(world.parked.parked())).map(({ projection }) => projection)).toEqual(['latest'])
      expect(world.problems.map(({ _tag }) => _tag)).toEqual(['Parked', 'Parked'])
    })

    it('an event that a projection cannot project waits for its mending, then all comes in order', async () => {
      const world = subject()
      const bad = aConversation()
      const event = aMessage()
      world.poisonous.add(event.id)
      world.start({ maxEvents: 3 })
      const all = [...(await append(world.eventStore, bad, aMessage(), event, aMessage())), ...(await traffic(world, 1))]
      all.push(...(await append(world.eventStore, bad, aMessage(), aMessage())))
      await world.reached(all.at(-1))
      expect(await world.rows('journal')).toEqual(journalOf(all.filter(({ stream, revision }) => stream !== bad || revision < 1n)))
      expect(await world.rows('latest')).toEqual(latestOf(all))
      world.poisonous.clear()
      expect(await done(world.parked.retry('journal', bad))).toEqual({ _tag: 'Released' })
      all.push(...(await append(world.eventStore, bad, aMessage())))
      await world.reached(all.at(-1))
      expect([await world.rows('journal'), await done(world.parked.parked())]).toEqual([journalOf(all), []])
    })
  })
}
