import fc from 'fast-check'
import { uuidv7 } from 'uuidv7'
import { describe, expect, it } from 'vitest'
import type { Relation } from '../../../events/audience.js'
import type { AccountEvent, StoryEvent } from '../../../events/registry.js'
import { limits } from '../../../events/limits.js'
import type { Tier } from '../../../events/schemas/stories.js'
import { storiesStream, storyStream } from '../../../events/streams.js'
import { problem } from '../../../events/wire/problems.js'
import { createStoriesSide, type StoriesDependencies } from '../../../read-side/stories/stories.js'
import { right, scriptedAccount, scriptedLog } from './history.js'
import { people } from './people.js'
import type { OpenReadModels } from './subject.js'
import { answer, projectAll, refusal } from './subject.js'

const RANDOM_RUNS = 10
const POSTED_AT = 1_790_000_000_000
const absence = problem('not-found')

const world = (subject: () => OpenReadModels) => {
  const log = scriptedLog()
  let [done, now] = [0, POSTED_AT + 1_000]
  /** Projects what was appended since, and reads as it is then. */
  const read = async (over: Partial<StoriesDependencies> = {}) => {
    await projectAll(subject(), log.keyStore, log.events.slice(done))
    done = log.events.length
    return createStoriesSide({
      reader: subject().readers.stories, audience: subject().audience, keyStore: log.keyStore, clock: () => now, inspectionsShown: true,
      progress: { progress: async () => 'start', changed: async () => undefined }, ...over,
    })
  }
  const author = (id: string) => {
    const post = async (text: string, tier: Tier = 'public', more: object = {}) => {
      const storyId = uuidv7()
      const event = await log.append(storiesStream(id), { actor: id }, { type: 'StoryPosted', data: { storyId, tier, unit: storyId, ...more }, content: { text } })
      return { storyId, event }
    }
    const on = (actor: string, type: StoryEvent['type'], storyId: string, data: object = {}, content?: unknown) =>
      log.append(storyStream(storyId), { actor }, { type, data: { author: id, ...data }, ...(content === undefined ? {} : { content }) })
    return {
      ...scriptedAccount(log, id),
      post,
      view: (viewer: string, storyId: string) => on(viewer, 'StoryViewed', storyId, { viewer }),
      react: (viewer: string, storyId: string, text: string) => on(viewer, 'StoryReacted', storyId, { userId: viewer, unit: storyId, reaction: 'r'.repeat(22) }, { text }),
      unreact: (viewer: string, storyId: string) => on(viewer, 'StoryUnreacted', storyId, { userId: viewer }),
      inspect: (storyId: string, reason: string) => on(uuidv7(), 'StoryInspected', storyId, { reason }),
      /** As the command side does: the key goes with the event. */
      end: async (storyId: string, how: 'StoryDeleted' | 'StoryExpired') => {
        right(await log.keyStore.destroy([storyId])())
        return log.append(storiesStream(id), { actor: id }, { type: how, data: { storyId, unit: storyId } })
      },
    }
  }
  const says = (by: string, type: AccountEvent['type'], data: Readonly<Record<string, unknown>>) => scriptedAccount(log, by).says(type, data)
  return { log, read, author, says, at: (time: number) => { now = time } }
}

export const stories = (subject: () => OpenReadModels): void => {
  describe('stories', () => {
    it('a story is shown with its content, media, the viewer\'s own marks; the author sees how many looked', async () => {
      const { read, author } = world(subject)
      const [anna, bruno, carla] = people(3)
      const media = { type: 'image/png', bytes: 9, digest: 'd'.repeat(43) }
      const by = author(anna)
      const { storyId } = await by.post('hello', 'public', { media })
      const shown = { storyId, author: anna, tier: 'public', postedAt: POSTED_AT + 1, endsAt: POSTED_AT + 1 + limits.storyLifetimeMs, content: { text: 'hello' }, media, seen: false }
      expect(await answer((await read()).story(bruno, storyId))).toEqual(shown)
      await by.view(bruno, storyId)
      await by.react(bruno, storyId, '+1')
      await by.react(carla, storyId, 'wow')
      const side = await read()
      expect(await answer(side.story(bruno, storyId))).toEqual({ ...shown, seen: true, reaction: { text: '+1' } })
      expect(await answer(side.ofAuthor(anna, anna))).toEqual([{ ...shown, seen: true, views: 2 }])
      expect(await answer(side.viewers(anna, storyId, { limit: 9 }))).toEqual({
        views: 2,
        viewers: [{ userId: carla, viewedAt: POSTED_AT + 4, reaction: { text: 'wow' } }, { userId: bruno, viewedAt: POSTED_AT + 2, reaction: { text: '+1' } }],
      })
      await by.unreact(bruno, storyId)
      expect(await answer((await read()).story(bruno, storyId))).toEqual({ ...shown, seen: true })
    })

    it('P1: every tier for everybody: each as `visibleStory` has it, alone, in the author\'s list and in the tray', async () => {
      const { read, author, says } = world(subject)
      const [anna, follower, friend, stranger, blocked, blocking, hidden] = people(7)
      for (const who of [follower, blocked, blocking, hidden]) await says(who, 'UserFollowed', { userId: anna })
      for (const who of [friend, blocked, hidden]) await says(anna, 'CloseFriendAdded', { userId: who })
      await says(anna, 'UserBlocked', { userId: blocked })
      await says(blocking, 'UserBlocked', { userId: anna })
      await says(anna, 'StoriesHiddenFrom', { userId: hidden, hidden: true })
      const by = author(anna)
      const tiers: ReadonlyArray<Tier> = ['public', 'followers', 'close_friends']
      const posted = await Promise.all(tiers.map((tier) => by.post(tier, tier)))
      const side = await read()
      const cells = [[anna, tiers], [follower, ['public', 'followers']], [friend, ['public', 'close_friends']], [stranger, ['public']], [blocked, []], [blocking, []], [hidden, []]] as const
      for (const [who, expected] of cells) {
        const one = await Promise.all(posted.map(({ storyId }) => side.story(who, storyId)()))
        expect(one.flatMap((found) => (found._tag === 'Right' ? [found.right.tier] : []))).toEqual(expected)
        for (const found of one) if (found._tag === 'Left') expect(found.left).toEqual(absence)
        expect((await answer(side.ofAuthor(who, anna))).map(({ tier }) => tier)).toEqual(expected)
        const tray = (await answer(side.tray(who, 50))).authors.flatMap((entry) => entry.stories.map(({ tier }) => tier))
        expect(tray, 'a stranger\'s stories come to nobody\'s tray').toEqual(who === stranger ? [] : expected)
        for (const { storyId } of posted) if (who !== anna) expect(await refusal(side.viewers(who, storyId, { limit: 9 }))).toEqual(absence)
      }
    })

    it('T1: gone for everybody from exactly 24 h, in every answer', async () => {
      const { read, author, at } = world(subject)
      const [anna, bruno] = people(2)
      const by = author(anna)
      const { storyId } = await by.post('x')
      await by.inspect(storyId, 'a report')
      const [side, end] = [await read(), POSTED_AT + 1 + limits.storyLifetimeMs]
      at(end - 1)
      for (const who of [anna, bruno]) expect(await answer(side.story(who, storyId))).toMatchObject({ storyId })
      expect((await answer(side.tray(anna, 9))).authors).toHaveLength(1)
      at(end)
      for (const who of [anna, bruno]) expect(await refusal(side.story(who, storyId))).toEqual(absence)
      for (const who of [anna, bruno]) expect(await answer(side.ofAuthor(who, anna))).toEqual([])
      expect((await answer(side.tray(anna, 9))).authors).toEqual([])
      expect(await refusal(side.viewers(anna, storyId, { limit: 9 }))).toEqual(absence)
      expect(await refusal(side.inspections(anna, storyId))).toEqual(absence)
    })

    it('T3, T6: an ended story is gone with views, reactions and looks, whatever is applied again', async () => {
      const { log, read, author } = world(subject)
      const [anna, bruno] = people(2)
      const by = author(anna)
      const ended = await Promise.all((['StoryDeleted', 'StoryExpired'] as const).map(async (how) => ({ how, ...(await by.post('x')) })))
      const about = (text: string): boolean => ended.some(({ storyId }) => text.includes(storyId))
      for (const { storyId, how } of ended) {
        await by.view(bruno, storyId)
        await by.react(bruno, storyId, '+1')
        await by.inspect(storyId, 'a report')
        await by.end(storyId, how)
      }
      const gone = async () => {
        const side = await read()
        for (const { storyId } of ended) {
          for (const who of [anna, bruno]) expect(await refusal(side.story(who, storyId))).toEqual(absence)
          expect(await answer(subject().readers.stories.counts([storyId]))).toEqual([0])
        }
        expect((await answer(side.tray(anna, 9))).authors).toEqual([])
        const rows = (await subject().rows()).filter((row) => about(row) && !row.includes('timeline'))
        expect(rows.filter((row) => row.startsWith('stories')).length, 'only its id is left').toBe(2)
      }
      await gone()
      for (const event of log.events.toReversed()) await projectAll(subject(), log.keyStore, [event])
      await gone()
    })

    it('T6: what is deleted and not projected yet opens no more', async () => {
      const { log, read, author } = world(subject)
      const [anna, bruno] = people(2)
      const { storyId } = await author(anna).post('x')
      const side = await read()
      right(await log.keyStore.destroy([storyId])())
      for (const who of [anna, bruno]) expect(await refusal(side.story(who, storyId))).toEqual(absence)
      expect(await answer(side.ofAuthor(bruno, anna))).toEqual([])
      expect(await refusal(side.viewers(anna, storyId, { limit: 9 }))).toEqual(absence)
    })

    it('the tray: own first, unseen before seen, muted last, the newest first among equals', async () => {
      const { read, author, says } = world(subject)
      const [me, seen, older, newer, muted, silent, stranger] = people(7)
      for (const other of [seen, older, newer, muted, silent]) await says(me, 'UserFollowed', { userId: other })
      await says(me, 'StoriesMuted', { userId: muted, muted: true })
      const own = await author(me).post('mine')
      const first = await author(older).post('older')
      await author(newer).post('newer')
      const looked = await author(seen).post('seen')
      await author(seen).view(me, looked.storyId)
      await author(muted).post('muted')
      await author(stranger).post('strange')
      const second = await author(older).post('newest', 'followers')
      const { authors } = await answer((await read()).tray(me, 50))
      expect(authors.map((entry) => [entry.author, entry.unseen, entry.muted])).toEqual([[me, 0, false], [older, 2, false], [newer, 1, false], [seen, 0, false], [muted, 1, true]])
      expect(authors[0]?.stories.map((story) => [story.storyId, story.seen])).toEqual([[own.storyId, true]])
      expect(authors[1]?.stories.map(({ storyId }) => storyId)).toEqual([first.storyId, second.storyId])
      expect((await answer((await read()).tray(me, 2))).authors).toHaveLength(2)
    })

    it('T9: the list of viewers has as many as the count says, over its pages, by random looks', async () => {
      const looks = fc.array(fc.record({ who: fc.nat(9), what: fc.constantFrom('view' as const, 'react' as const, 'unreact' as const) }), { maxLength: 40 })
      await fc.assert(fc.asyncProperty(looks, fc.integer({ min: 1, max: 7 }), async (steps, limit) => {
        const { read, author } = world(subject)
        const [anna] = people(1)
        const [crowd, by] = [people(10), author(anna)]
        const { storyId } = await by.post('x')
        const looked = new Set<string>()
        for (const { who, what } of steps) {
          const viewer = crowd[who] ?? anna
          if (what === 'view') await by.view(viewer, storyId)
          else if (what === 'react') await by.react(viewer, storyId, '+1')
          else await by.unreact(viewer, storyId)
          if (what !== 'unreact') looked.add(viewer)
        }
        await by.inspect(storyId, 'never a view (X5)')
        const side = await read()
        const listed: string[] = []
        let before: string | undefined
        do {
          const page = await answer(side.viewers(anna, storyId, { limit, ...(before === undefined ? {} : { before }) }))
          expect(page.views).toBe(looked.size)
          listed.push(...page.viewers.map(({ userId }) => userId))
          before = page.next
        } while (before !== undefined)
        expect(new Set(listed)).toEqual(looked)
        expect(listed).toHaveLength(looked.size)
        expect((await answer(side.story(anna, storyId))).views).toBe(looked.size)
      }), { numRuns: RANDOM_RUNS, endOnFailure: true })
    })

    it('T9: the first look counts, however many come in one batch; an author\'s own reaction is no view', async () => {
      const { read, author } = world(subject)
      const [anna] = people(1)
      const [crowd, by] = [people(40), author(anna)]
      const { storyId } = await by.post('x')
      for (const viewer of crowd) await by.view(viewer, storyId)
      for (const viewer of [...crowd.toReversed(), anna]) await by.react(viewer, storyId, '+1')
      const { views, viewers } = await answer((await read()).viewers(anna, storyId, { limit: 99 }))
      expect(views).toBe(crowd.length)
      expect(viewers.map(({ userId, viewedAt }) => [userId, viewedAt])).toEqual(crowd.map((viewer, index) => [viewer, POSTED_AT + 2 + index]).toReversed())
    })

    it('P6: looks of administrators, with their reasons, are told to the author by setting', async () => {
      const { read, author } = world(subject)
      const [anna, bruno] = people(2)
      const by = author(anna)
      const { storyId } = await by.post('x')
      await by.inspect(storyId, 'one "quoted", {braced} \u0000 reason')
      await by.inspect(storyId, 'two')
      const side = await read()
      expect(await answer(side.inspections(anna, storyId))).toEqual({ inspections: [{ at: POSTED_AT + 2, reason: 'one "quoted", {braced} \u0000 reason' }, { at: POSTED_AT + 3, reason: 'two' }] })
      expect(await refusal(side.inspections(bruno, storyId))).toEqual(absence)
      expect(await answer((await read({ inspectionsShown: false })).inspections(anna, storyId))).toEqual({ inspections: [] })
    })

    it('P1: absent and forbidden stories take the same look-ups', async () => {
      const { read, author } = world(subject)
      const [anna, bruno] = people(2)
      const { storyId } = await author(anna).post('x', 'close_friends')
      const asked: string[] = []
      const { readers: { stories: reader }, audience } = subject()
      const side = await read({
        reader: { ...reader, find: (id) => { asked.push('find'); return reader.find(id) }, marks: (...of) => { asked.push('marks'); return reader.marks(...of) } },
        audience: { ...audience, relations: (viewer, of) => { asked.push(`relations of ${of.length}`); return audience.relations(viewer, of) } },
      })
      for (const id of [storyId, uuidv7()]) {
        asked.length = 0
        expect(await refusal(side.story(bruno, id))).toEqual(absence)
        expect(asked).toEqual(['find', 'relations of 1'])
      }
    })

    it('P4: a relation that changed counts at the next question', async () => {
      const { read, author, says } = world(subject)
      const [anna, bruno] = people(2)
      const { storyId } = await author(anna).post('x', 'followers')
      const changes: ReadonlyArray<readonly [string, AccountEvent['type'], string, Partial<Relation>, boolean]> = [
        [bruno, 'UserFollowed', anna, {}, true], [anna, 'UserBlocked', bruno, {}, false], [anna, 'UserUnblocked', bruno, {}, true],
        [anna, 'StoriesHiddenFrom', bruno, { hidden: true }, false], [anna, 'StoriesHiddenFrom', bruno, { hidden: false }, true], [bruno, 'UserUnfollowed', anna, {}, false],
      ]
      for (const [by, type, userId, more, visible] of changes) {
        await says(by, type, { userId, ...more })
        const side = await read()
        expect((await answer(side.ofAuthor(bruno, anna))).map((story) => story.storyId)).toEqual(visible ? [storyId] : [])
        expect((await side.story(bruno, storyId)())._tag).toBe(visible ? 'Right' : 'Left')
      }
    })
  })
}
