import * as E from 'fp-ts/lib/Either.js'
import { uuidv7 } from 'uuidv7'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { postgresEndedStories } from '../../adapters/postgres/stories/ended-stories.js'
import { drained } from '../contracts/read-models/subject.js'
import { redisPrivacyCache } from '../../adapters/redis/privacy-cache/privacy-cache.js'
import { redisStoryCache } from '../../adapters/redis/story-cache.js'
import { directConversationId } from '../../events/ids.js'
import { limits } from '../../events/limits.js'
import type { Tier } from '../../events/schemas/stories.js'
import { problem } from '../../events/wire/problems.js'
import { describeWith, freshRedisPrefix, privateRedis } from '../support/services/index.js'
import { storiesStack, type Answered, type Someone, type StoriesStack } from '../support/stories-stack.js'
import { until } from '../support/until.js'

const START = Date.now()
const BOUNDARY_READS = 600
const WITHIN_MS = 120_000
const tiers: ReadonlyArray<Tier> = ['public', 'followers', 'close_friends']
const viewers = ['author', 'follower', 'closeFriend', 'stranger', 'blocked', 'blocking', 'hidden', 'admin', 'anonymous'] as const
type Viewer = (typeof viewers)[number]

/** P1, by hand: which tiers each of them sees. */
const seen: Readonly<Record<Viewer, ReadonlyArray<Tier>>> = {
  author: tiers, follower: ['public', 'followers'], closeFriend: ['public', 'close_friends'], stranger: ['public'], blocked: [], blocking: [], hidden: [], admin: ['public'], anonymous: [],
}
/** To whose tray the author's stories come at all. */
const inTray: ReadonlySet<Viewer> = new Set(['author', 'follower', 'closeFriend'])
const absence = problem('not-found')

const acked = ({ status, body }: Answered): string => {
  if (status !== 200) throw new Error(JSON.stringify(body))
  return String(body['position'] ?? '')
}

interface World extends StoriesStack {
  readonly people: Readonly<Record<Viewer, Someone>>
  readonly stories: Readonly<Record<Tier, string>>
  readonly post: (tier: Tier, text: string) => Promise<string>
}

const direct = (one: Someone, other: Someone): string => directConversationId(one.account, other.account)

const worldOn = async (stack: StoriesStack, adminAccount: string): Promise<World> => {
  const person = async (name: Viewer, account?: string) => [name, await stack.person(`${name}_1`, account)] as const
  const registered = await Promise.all(viewers.filter((name) => name !== 'anonymous').map((name) => person(name, name === 'admin' ? adminAccount : undefined)))
  const people = { ...Object.fromEntries(registered), anonymous: stack.anonymous } as Record<Viewer, Someone>
  const { author } = people
  const says = async (who: Someone, type: string, about: Someone, more: object = {}) => acked(await who.post('/v1/account/commands', { type, userId: about.account, ...more }))
  for (const name of viewers) {
    if (name === 'author' || name === 'anonymous') continue
    acked(await people[name].post(`/v1/conversations/${direct(author, people[name])}/commands`, { counter: 1, command: { type: 'CreateConversation', kind: 'direct', encryption: 'readable', members: [author.account] } }))
  }
  for (const name of ['follower', 'blocking', 'hidden'] as const) await says(people[name], 'Follow', author)
  for (const name of ['closeFriend', 'hidden'] as const) await says(author, 'AddCloseFriend', people[name])
  await says(author, 'Block', people.blocked)
  await says(people.blocking, 'Block', author)
  const last = await says(author, 'HideStoriesFrom', people.hidden, { hidden: true })
  expect((await author.get(`/v1/account?after=${encodeURIComponent(last)}`)).status).toBe(200)
  const post = async (tier: Tier, text: string): Promise<string> => {
    const storyId = uuidv7()
    const after = acked(await author.post('/v1/stories/commands', { type: 'PostStory', storyId, tier, content: { text } }))
    expect((await author.get(`/v1/stories/${storyId}?after=${encodeURIComponent(after)}`)).status).toBe(200)
    return storyId
  }
  const text = viewers.map((name) => `@${people[name].handle}`).join(' ')
  const stories = Object.fromEntries(await Promise.all(tiers.map(async (tier) => [tier, await post(tier, text)] as const))) as Record<Tier, string>
  return { ...stack, people, stories, post }
}

/** What one of them finds of the three stories through a channel: the tiers. A refusal must look like absence, or like a missing token. */
const channels = ({ people, stories }: World) => {
  const { author } = people
  const tierOf = new Map(tiers.map((tier) => [stories[tier], tier]))
  const isRefused = (who: Viewer, { status, body }: Answered): void => {
    if (who === 'anonymous') expect(status).toBe(401)
    else expect(body).toEqual(absence)
  }
  const each = async (who: Viewer, ask: (storyId: string) => Promise<Answered>): Promise<ReadonlyArray<Tier>> => {
    const found: Tier[] = []
    for (const tier of tiers) {
      const answer = await ask(stories[tier])
      if (answer.status === 200) found.push(tier)
      else isRefused(who, answer)
    }
    return found
  }
  const command = (who: Viewer, more: object) => (storyId: string) => people[who].post('/v1/stories/commands', { author: author.account, storyId, ...more })
  const listed = (who: Viewer, answer: Answered, storiesOf: (body: unknown) => ReadonlyArray<{ readonly storyId: string }>): ReadonlyArray<Tier> => {
    if (answer.status !== 200) {
      isRefused(who, answer)
      return []
    }
    return tiers.filter((tier) => storiesOf(answer.body).some(({ storyId }) => tierOf.get(storyId) === tier))
  }
  let counter = 1
  return {
    query: (who: Viewer) => each(who, (storyId) => people[who].get(`/v1/stories/${storyId}`)),
    list: async (who: Viewer) => listed(who, await people[who].get(`/v1/accounts/${author.account}/stories`), (body) => body as never),
    tray: async (who: Viewer) => listed(who, await people[who].get('/v1/stories'), (body) =>
      (body as { readonly authors: ReadonlyArray<{ readonly stories: ReadonlyArray<{ readonly storyId: string }> }> }).authors.flatMap((entry) => entry.stories)),
    view: (who: Viewer) => each(who, command(who, { type: 'ViewStory' })),
    react: (who: Viewer) => each(who, command(who, { type: 'ReactToStory', reaction: { text: '+1' } })),
    count: (who: Viewer) => each(who, (storyId) => people[who].get(`/v1/stories/${storyId}/viewers`)),
    inspections: (who: Viewer) => each(who, (storyId) => people[who].get(`/v1/stories/${storyId}/inspections`)),
    inspect: (who: Viewer) => each(who, command(who, { type: 'InspectStory', reason: 'a report' })),
    reply: async (who: Viewer) => {
      if (who === 'author') return tiers
      const say = (storyId: string, at: number) => people[who].post(`/v1/conversations/${direct(author, people[who])}/commands`, {
        counter: at, command: { type: 'SendMessage', messageId: uuidv7(), content: { text: 'nice' }, story: { author: author.account, storyId } },
      })
      counter = 1
      return each(who, async (storyId) => {
        const answer = await say(storyId, counter + 1)
        if (answer.status === 200) counter += 1
        return answer
      })
    },
    notifications: async (who: Viewer) => listed(who, await people[who].get('/v1/notifications?limit=200'), (body) =>
      (body as { readonly notifications: ReadonlyArray<{ readonly type: string; readonly story_id?: string }> }).notifications
        .flatMap(({ type, story_id: storyId }) => (type === 'storyMention' && storyId !== undefined ? [{ storyId }] : []))),
  }
}

type Channel = keyof ReturnType<typeof channels>

/** What the table says of a channel. */
const expected = (channel: Channel, who: Viewer): ReadonlyArray<Tier> => {
  switch (channel) {
    case 'tray':
      return inTray.has(who) ? seen[who] : []
    case 'count':
    case 'inspections':
      return who === 'author' ? tiers : []
    case 'inspect':
      return who === 'admin' ? tiers : []
    case 'notifications':
      return who === 'author' ? [] : seen[who]
    case 'reply':
    case 'query':
    case 'list':
    case 'view':
    case 'react':
      return seen[who]
  }
}

const wholeTable = async (world: World): Promise<number> => {
  const all = channels(world)
  let cells = 0
  for (const channel of Object.keys(all) as ReadonlyArray<Channel>) {
    for (const who of viewers) {
      expect({ channel, who, tiers: await all[channel](who) }).toEqual({ channel, who, tiers: expected(channel, who) })
      cells += tiers.length
    }
  }
  return cells
}

const looked = async (world: World, tier: Tier): Promise<{ readonly views: number; readonly names: ReadonlyArray<string> }> => {
  const { body } = await world.people.author.get(`/v1/stories/${world.stories[tier]}/viewers`)
  const list = body['viewers'] as ReadonlyArray<{ readonly userId: string }>
  const nameOf = (account: string) => viewers.find((name) => world.people[name].account === account) ?? account
  return { views: Number(body['views']), names: list.map(({ userId }) => nameOf(userId)).sort() }
}

describeWith(['postgres'], 'stories over HTTP', () => {
  let world: World
  beforeAll(async () => {
    const admin = uuidv7()
    world = await worldOn(await storiesStack(START, [admin]), admin)
  }, WITHIN_MS)
  afterAll(async () => {
    await world.close()
    expect(world.defects).toEqual([])
  })

  it('P1: every tier for everybody through every channel is as the table has it', async () => {
    await until(async () => (await channels(world).notifications('stranger')).length > 0)
    expect(await wholeTable(world)).toBe(10 * viewers.length * tiers.length)
  }, WITHIN_MS)

  it('T9, X5: the author reads who looked, as many as are counted; no administrator\'s look among them', async () => {
    for (const tier of tiers) {
      const others = viewers.filter((who) => who !== 'author' && seen[who].includes(tier)).toSorted()
      await until(async () => (await looked(world, tier)).views === others.length)
      expect(await looked(world, tier)).toEqual({ views: others.length, names: others })
    }
  })

  it('P6: the author is told that an administrator looked, and why', async () => {
    const { people, stories } = world
    const told = async () => (await people.author.get(`/v1/stories/${stories.close_friends}/inspections`)).body['inspections']
    await until(async () => ((await told()) as unknown[]).length > 0)
    expect(await told()).toEqual([{ at: START, reason: 'a report' }])
  })

  it('P4: whoever is unfollowed, hidden from, blocked sees nothing from the answer to the change on', async () => {
    const { people: { author, follower }, stories } = world
    const sees = async (after: string) => (await follower.get(`/v1/stories/${stories.followers}?after=${encodeURIComponent(after)}`)).status === 200
    const says = async (who: Someone, type: string, about: Someone, more: object = {}) => acked(await who.post('/v1/account/commands', { type, userId: about.account, ...more }))
    const steps = [
      [follower, 'Unfollow', author, {}, false], [follower, 'Follow', author, {}, true], [author, 'HideStoriesFrom', follower, { hidden: true }, false],
      [author, 'HideStoriesFrom', follower, { hidden: false }, true], [author, 'Block', follower, {}, false], [author, 'Unblock', follower, {}, true],
    ] as const
    for (const [who, type, about, more, visible] of steps) expect({ type, visible: await sees(await says(who, type, about, more)) }).toEqual({ type, visible })
  })

  it('T3, T6: a deleted and an expired story are gone from every answer at once, and a rebuild brings nothing back', async () => {
    const { people: { author, stranger }, post, at, expire, pool, rebuildStories } = world
    const text = `a canary for @${stranger.handle}`
    const [deleted, over] = [await post('public', text), await post('public', text)]
    for (const storyId of [deleted, over]) for (const type of ['ViewStory', 'ReactToStory']) {
      acked(await stranger.post('/v1/stories/commands', { type, author: author.account, storyId, ...(type === 'ReactToStory' && { reaction: { text: '+1' } }) }))
    }
    const mentioned = async (storyId: string) => JSON.stringify((await stranger.get('/v1/notifications?limit=200')).body).includes(storyId)
    await until(async () => (await mentioned(deleted)) && (await mentioned(over)))
    const after = acked(await author.post('/v1/stories/commands', { type: 'DeleteStory', storyId: deleted }))
    for (const who of [author, stranger]) expect((await who.get(`/v1/stories/${deleted}`)).body, 'before it is projected, by its key').toEqual(absence)
    expect(JSON.stringify(await stranger.get(`/v1/accounts/${author.account}/stories?after=${encodeURIComponent(after)}`))).not.toContain(deleted)
    at(START + limits.storyLifetimeMs)
    expect(E.isRight(await expire(author.account, [over]))).toBe(true)
    const rowsOf = async (schema: string, storyId: string) => {
      const tables = { stories_v1: ['stories', 'views', 'reactions', 'inspections'], notifications_v1: ['notices'] }[schema] ?? []
      const counts = await Promise.all(tables.map((table) => pool.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${schema}.${table} WHERE story_id = $1`, [storyId])))
      return counts.reduce((sum, { rows }) => sum + (rows[0]?.n ?? 0), 0)
    }
    const sweep = () => drained(postgresEndedStories(pool))
    for (const storyId of [deleted, over]) await until(async () => { await sweep(); return (await rowsOf('stories_v1', storyId)) + (await rowsOf('notifications_v1', storyId)) === 0 })
    at(START)
    const isGone = async () => {
      for (const storyId of [deleted, over]) {
        for (const who of [author, stranger]) {
          expect((await who.get(`/v1/stories/${storyId}`)).body).toEqual(absence)
          expect((await who.get(`/v1/stories/${storyId}/viewers`)).body).toEqual(absence)
          for (const path of [`/v1/accounts/${author.account}/stories`, '/v1/stories', '/v1/notifications?limit=200']) expect(JSON.stringify(await who.get(path))).not.toContain(storyId)
        }
        await sweep()
        expect(await rowsOf('stories_v1', storyId)).toBe(0)
      }
    }
    await isGone()
    await rebuildStories()
    await isGone()
  }, WITHIN_MS)

  it(`T1: ${BOUNDARY_READS} reads around the 24 h boundary, by a clock that steps over it and back: 0 wrong`, async () => {
    const { people, stories, at } = world
    const wrong: unknown[] = []
    const asking = ['author', 'follower', 'closeFriend', 'stranger'] as const
    for (let read = 0; read < BOUNDARY_READS; read += 1) {
      const who = asking[read % asking.length] ?? 'author'
      const tier = tiers[(read >> 2) % tiers.length] ?? 'public'
      const offset = ((read * 7) % 11) - 5
      at(START + limits.storyLifetimeMs + offset)
      const { status } = await people[who].get(`/v1/stories/${stories[tier]}`)
      const visible = offset < 0 && seen[who].includes(tier)
      if ((status === 200) !== visible) wrong.push({ who, tier, offset, status })
    }
    expect(wrong).toEqual([])
    at(START + limits.storyLifetimeMs)
    const all = channels(world)
    for (const channel of Object.keys(all) as ReadonlyArray<Channel>) {
      if (channel !== 'reply') for (const who of viewers) expect({ channel, who, tiers: await all[channel](who) }).toEqual({ channel, who, tiers: [] })
    }
    at(START)
  }, WITHIN_MS)
})

describeWith(['postgres', 'redis'], 'stories over HTTP with Redis', () => {
  it('P5: the whole table again, while Redis is empty, killed and back', async () => {
    const own = await privateRedis()
    const at = { url: own.url, prefix: freshRedisPrefix() }
    const [privacyCache, kept, admin] = [redisPrivacyCache(at), redisStoryCache(at), uuidv7()]
    const world = await worldOn(await storiesStack(START, [admin], { privacyCache, storyCache: () => kept }), admin)
    try {
      await until(async () => (await channels(world).notifications('stranger')).length > 0)
      const table = async (happens: () => Promise<void>) => {
        const all = channels(world)
        const cells = viewers.flatMap((who) => (['query', 'list', 'tray', 'count'] as const).map((channel) => ({ who, channel })))
        for (const [index, { who, channel }] of cells.entries()) {
          if (index === Math.floor(cells.length / 2)) await happens()
          expect({ channel, who, tiers: await all[channel](who) }).toEqual({ channel, who, tiers: expected(channel, who) })
        }
      }
      await table(async () => undefined)
      await table(own.kill)
      await table(own.restart)
      expect(await wholeTable(world)).toBe(10 * viewers.length * tiers.length)
      expect(world.defects).toEqual([])
    } finally {
      await world.close()
      await privacyCache.close()
      await kept.close()
      await own.stop()
    }
  }, WITHIN_MS)
})
