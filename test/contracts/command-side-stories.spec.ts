import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { uuidv7 } from 'uuidv7'
import { describe, expect, it } from 'vitest'
import { forgetDeleted, type Caller, type CommandSideDependencies } from '../../command-side/index.js'
import { stranger, type Audience, type Relation } from '../../events/audience.js'
import { chainVerifier } from '../../events/hash-chain.js'
import { directConversationId } from '../../events/ids.js'
import { limits } from '../../events/limits.js'
import type { StreamName } from '../../events/event-store.js'
import type { Tier } from '../../events/schemas/stories.js'
import { storiesStream, storyStream } from '../../events/streams.js'
import type { StoryCommand } from '../../events/wire/commands.js'
import { problem } from '../../events/wire/problems.js'
import { aMember, answer, codeOf, commandSides, message, numbered, refusal, stored } from '../support/command-side.js'
import { hostileTexts } from '../support/hostile-texts.js'

const START = 1_790_000_000_000
const absence = problem('not-found')

/** A clock that is set, relations that are said, an author and a viewer who follows. */
const world = async (over: Partial<CommandSideDependencies> = {}) => {
  const disk = commandSides()
  let now = START
  const said = new Map<string, Partial<Relation>>()
  const audience: Audience = {
    relations: (viewer, authors) => TE.fromIO(() => authors.map((author) => ({ ...stranger, ...said.get(`${viewer} ${author}`) }))),
    authorsFor: () => TE.right([]),
  }
  const start = (more: Partial<CommandSideDependencies> = {}) => disk.start({ audience, clock: () => now, ...over, ...more })
  const side = start()
  const [author, viewer] = [await aMember(side), await aMember(side)]
  const stands = (who: Caller, relation: Partial<Relation>) => { said.set(`${who.account} ${author.account}`, relation) }
  stands(viewer, { follows: true })
  const post = async (more: { readonly text?: string; readonly tier?: Tier; readonly storyId?: string } = {}) => {
    const storyId = more.storyId ?? uuidv7()
    const ack = await answer(side.story(author, { type: 'PostStory', storyId, tier: more.tier ?? 'followers', content: { text: more.text ?? 'a secret story' } }))
    return { ...ack, storyId }
  }
  const typesOn = (stream: StreamName) => (disk.log.streams.get(stream) ?? []).map(({ type }) => type)
  const about = (storyId: string) => ({ author: author.account, storyId })
  return { ...disk, start, side, author, viewer, stands, post, typesOn, about, at: (time: number) => { now = time }, later: (ms: number) => { now += ms } }
}

type World = Awaited<ReturnType<typeof world>>

const byViewers = (about: { readonly author: string; readonly storyId: string }): ReadonlyArray<StoryCommand> => [
  { type: 'ViewStory', ...about }, { type: 'ReactToStory', ...about, reaction: { text: '+1' } }, { type: 'UnreactToStory', ...about },
]

/** Every command about a story of somebody answers as absence does, and leaves nothing. */
const isAbsent = async ({ side, log }: World, who: Caller, about: { readonly author: string; readonly storyId: string }) => {
  const before = stored(log)
  for (const command of byViewers(about)) expect(await refusal(side.story(who, command))).toEqual(absence)
  expect(stored(log)).toBe(before)
}

describe('the life of a story', () => {
  it('T6: posted, viewed, reacted to, deleted: content lies sealed, the chain holds, and nothing opens afterwards', async () => {
    const { side, log, author, viewer, post, about, typesOn, parts, defects } = await world()
    const { storyId } = await post()
    const keyOf = async () => { const found = await parts().keyStore.find([storyId])(); return E.isRight(found) ? found.right[0]?._tag : undefined }
    const [view, react, unreact] = byViewers(about(storyId))
    for (const command of [view, react, unreact]) expect((await answer(side.story(viewer, command as StoryCommand))).sequence, 'tells not how many there were').toBe(0)
    expect(typesOn(storyStream(storyId))).toEqual(['StoryViewed', 'StoryReacted', 'StoryUnreacted'])
    expect(await keyOf()).toBe('Living')
    await answer(side.story(author, { type: 'DeleteStory', storyId }))
    expect(await keyOf()).toBe('Destroyed')
    const events = log.streams.get(storiesStream(author.account)) ?? []
    expect(events.map(({ type }) => type)).toEqual(['StoryPosted', 'StoryDeleted'])
    expect(events.map(chainVerifier(storiesStream(author.account), true)).filter((broken) => broken !== undefined)).toEqual([])
    for (const event of log.events) expect(Buffer.from(event.data).toString() + Buffer.from(event.sealed ?? []).toString()).not.toContain('secret')
    expect(defects).toEqual([])
  })

  it('L5: each again, also after a restart: unchanged, nothing appended twice', async () => {
    const { side, start, log, author, viewer, about } = await world()
    const storyId = uuidv7()
    const post: StoryCommand = { type: 'PostStory', storyId, tier: 'followers', content: { text: 'once' }, media: { type: 'image/png', bytes: 9, digest: 'd'.repeat(43) } }
    const [view, react, unreact] = byViewers(about(storyId)) as readonly [StoryCommand, StoryCommand, StoryCommand]
    const steps: ReadonlyArray<readonly [Caller, StoryCommand]> = [[author, post], [viewer, view], [viewer, react], [viewer, unreact], [author, { type: 'DeleteStory', storyId }]]
    for (const [who, command] of steps) {
      await answer(side.story(who, command))
      const before = stored(log)
      for (const again of [side, start()]) await answer(again.story(who, command))
      expect(stored(log)).toBe(before)
    }
    expect(codeOf(await refusal(side.story(author, post))), 'an ended story is not posted again').toBe('conflict')
    expect(codeOf(await refusal(start().story(author, post)))).toBe('conflict')
  })

  it('the same id for another story is a conflict; ids and texts that are none are refused, and nothing is stored', async () => {
    const { side, log, author, viewer, post } = await world()
    const { storyId } = await post()
    const before = stored(log)
    const posting = (more: object): StoryCommand => ({ type: 'PostStory', storyId: uuidv7(), tier: 'public', content: { text: 'x' }, ...more })
    const cases: ReadonlyArray<readonly [Caller, object, string]> = [
      [author, { storyId }, 'conflict'], [viewer, { storyId }, 'conflict'], [author, { storyId: directConversationId(uuidv7(), uuidv7()) }, 'malformed'],
      [author, { content: { text: '' } }, 'malformed'], [author, { content: { text: 'ü'.repeat(limits.storyBytes / 2 + 1) } }, 'too-large'],
      [author, { content: { text: '\ud800' } }, 'malformed'],
    ]
    for (const [who, more, code] of cases) expect(codeOf(await refusal(side.story(who, posting(more))))).toBe(code)
    expect(stored(log)).toBe(before)
  })

  it(`at most ${limits.storiesPerDay} within 24 hours, deleted ones too; then again`, async () => {
    const { side, author, post, later } = await world()
    for (let count = 0; count < limits.storiesPerDay; count += 1) {
      const { storyId } = await post()
      if (count % 2 === 0) await answer(side.story(author, { type: 'DeleteStory', storyId }))
    }
    expect(codeOf(await refusal(side.story(author, { type: 'PostStory', storyId: uuidv7(), tier: 'public', content: { text: 'one more' } })))).toBe('limit-reached')
    later(limits.storyLifetimeMs)
    await post()
  })
})

describe('who may see a story', () => {
  it('P1: guessed, foreign, hidden, deleted, expired stories answer exactly as absence, and nothing is stored', async () => {
    const w = await world()
    const { side, author, viewer, stands, post, about, at } = w
    const [close, deleted, over] = [await post({ tier: 'close_friends' }), await post(), await post()]
    await answer(side.story(author, { type: 'DeleteStory', storyId: deleted.storyId }))
    await isAbsent(w, viewer, about(uuidv7()))
    await isAbsent(w, viewer, about(close.storyId))
    await isAbsent(w, viewer, about(deleted.storyId))
    await isAbsent(w, author, about(deleted.storyId))
    await isAbsent(w, viewer, { author: viewer.account, storyId: over.storyId })
    await isAbsent(w, viewer, { author: uuidv7(), storyId: over.storyId })
    for (const relation of [{ follows: true, hidden: true }, { follows: true, blocked: true }, {}]) {
      stands(viewer, relation)
      await isAbsent(w, viewer, about(over.storyId))
    }
    stands(viewer, { follows: true })
    at(START + limits.storyLifetimeMs)
    await isAbsent(w, viewer, about(over.storyId))
    await isAbsent(w, author, about(over.storyId))
    expect(await refusal(side.story(viewer, { type: 'DeleteStory', storyId: over.storyId })), 'a foreign one').toEqual(absence)
  })

  it('T1: until the last millisecond of 24 hours, whoever sweeps', async () => {
    const w = await world()
    const { side, viewer, post, about, at } = w
    const [{ storyId }, { storyId: other }] = [await post(), await post()]
    at(START + limits.storyLifetimeMs - 1)
    await answer(side.story(viewer, { type: 'ViewStory', ...about(storyId) }))
    at(START + limits.storyLifetimeMs)
    await isAbsent(w, viewer, about(other))
  })

  it('an author\'s own look is no view', async () => {
    const { side, author, post, about, typesOn } = await world()
    const { storyId } = await post()
    expect(await answer(side.story(author, { type: 'ViewStory', ...about(storyId) }))).toMatchObject({ unchanged: true })
    expect(typesOn(storyStream(storyId))).toEqual([])
  })

  it('P5: relations that cannot be asked let nobody in', async () => {
    const audience: Audience = { relations: () => TE.left({ _tag: 'AudienceUnavailable', retryAfterMs: 5, reason: 'away' }), authorsFor: () => TE.right([]) }
    const w = await world()
    const { storyId } = await w.post({ tier: 'public' })
    for (const command of byViewers(w.about(storyId))) expect(codeOf(await refusal(w.start({ audience }).story(w.viewer, command)))).toBe('unavailable')
    expect(w.typesOn(storyStream(storyId))).toEqual([])
  })

  it('a story deleted through another process is seen no longer than its key is kept and its state is fresh', async () => {
    let elapsed = 0
    const w = await world({ elapsed: () => elapsed })
    const { storyId } = await w.post()
    await answer(w.side.story(w.viewer, { type: 'ViewStory', ...w.about(storyId) }))
    await answer(w.start().story(w.author, { type: 'DeleteStory', storyId }))
    elapsed += 201
    await isAbsent(w, w.viewer, w.about(storyId))
  })
})

describe('P6: an administrator looks', () => {
  it('by a recorded command with a reason; everybody else finds nothing there', async () => {
    const w = await world()
    const admin = await aMember(w.side)
    const side = w.start({ administrators: new Set([admin.account]) })
    const { storyId } = await w.post({ tier: 'close_friends' })
    const look: StoryCommand = { type: 'InspectStory', ...w.about(storyId), reason: 'report 7' }
    for (const who of [w.viewer, w.author]) expect(await refusal(side.story(who, look))).toEqual(absence)
    expect(await refusal(w.side.story(admin, look)), 'nobody is an administrator unless it is said').toEqual(absence)
    expect(w.typesOn(storyStream(storyId))).toEqual([])
    const seen = await answer(side.story(admin, look))
    expect(seen.inspected).toEqual({ tier: 'close_friends', postedAt: START, content: { text: 'a secret story' } })
    await answer(side.story(admin, look))
    expect(w.typesOn(storyStream(storyId)), 'every look is one').toEqual(['StoryInspected', 'StoryInspected'])
    expect(await refusal(side.story(admin, { type: 'ViewStory', ...w.about(storyId) })), 'else an administrator is like anybody').toEqual(absence)
    w.later(limits.storyLifetimeMs)
    expect(await refusal(side.story(admin, look))).toEqual(absence)
  })
})

describe('M2: mentions in stories', () => {
  it('of those who may see it; that somebody blocked the author does not show', async () => {
    const { side, viewer, stands, post, log, author } = await world()
    const [blocked, outsider] = [await aMember(side), await aMember(side)]
    stands(blocked, { follows: true, blocked: true })
    const { mentions } = await post({ text: `@${viewer.handle} @${outsider.handle} @${blocked.handle} @nobody_at_all @${author.handle}` })
    expect(mentions.map(({ outcome }) => outcome)).toEqual(['notified', 'not-a-member', 'notified', 'unknown', 'self'])
    const data = JSON.parse(Buffer.from(log.streams.get(storiesStream(author.account))?.at(-1)?.data ?? []).toString('utf8')) as { readonly mentions: unknown }
    expect(data.mentions).toEqual([viewer.account])
  })

  it('hostile texts are stored or refused, never a defect', async () => {
    const { side, author, defects, later } = await world()
    for (const [name, text] of hostileTexts) {
      later(limits.storyLifetimeMs)
      const post = (bytes: number) => side.story(author, { type: 'PostStory', storyId: uuidv7(), tier: 'public', content: { text: text(bytes) } })
      expect(codeOf(await refusal(post(64 * 1024))), name).toBe('too-large')
      await post(limits.storyBytes / 4)()
    }
    expect(defects).toEqual([])
  })
})

describe('expiring', () => {
  it('T4: eight processes at once: one StoryExpired each, of those that are over only; the feed destroys the keys', async () => {
    const { start, author, post, at, later, typesOn, log, parts } = await world()
    const stories = [await post(), await post(), await post()]
    const gone = [await post()]
    later(1)
    const living = await post()
    at(START + limits.storyLifetimeMs)
    const ids = [...stories, ...gone, living].map(({ storyId }) => storyId)
    const ended = await Promise.all(Array.from({ length: 8 }, () => answer(start().expireStories(author.account, [...ids, uuidv7()]))))
    for (const some of ended) expect(some).toEqual(expect.arrayContaining(ids.slice(0, 4)))
    for (const some of ended) expect(some).not.toContain(living.storyId)
    expect(typesOn(storiesStream(author.account)).filter((type) => type === 'StoryExpired')).toHaveLength(4)
    const { keyStore } = parts()
    await forgetDeleted(keyStore)(log.events)()
    const states = await keyStore.find(ids)()
    expect(E.isRight(states) && states.right.map(({ _tag }) => _tag)).toEqual(['Destroyed', 'Destroyed', 'Destroyed', 'Destroyed', 'Living'])
  })
})

describe('answering a story', () => {
  it('P1: a message answers a story only while its sender may see it', async () => {
    const { side, author, viewer, stands, post, about, later } = await world()
    const conversation = directConversationId(author.account, viewer.account)
    const say = numbered(side, viewer, conversation)
    await say({ type: 'CreateConversation', kind: 'direct', encryption: 'readable', members: [author.account] })
    const { storyId } = await post()
    const reply = () => ({ ...message('nice'), story: about(storyId) })
    await say(reply())
    stands(viewer, {})
    expect(await refusal(side.conversation(viewer, conversation, 3, reply()))).toMatchObject({ status: 404 })
    stands(viewer, { follows: true })
    later(limits.storyLifetimeMs)
    expect(await refusal(side.conversation(viewer, conversation, 3, reply()))).toMatchObject({ status: 404 })
  })
})
