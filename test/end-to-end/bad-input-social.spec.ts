import { afterAll, beforeAll, expect, it } from 'vitest'
import { directConversationId } from '../../events/ids.js'
import { limits } from '../../events/limits.js'
import type { ProblemCode } from '../../events/wire/problems.js'
import { newId } from '../../platform/identifiers.js'
import { codeOf } from '../support/command-side.js'
import { hostileTexts } from '../support/hostile-texts.js'
import { describeWith } from '../support/services/index.js'
import { signedUp, type Person } from '../support/signed-up.js'
import { refusalOf, watchedServer, type Refusal, type WatchedServer } from '../support/watched-server.js'

const SIXTY_FOUR_KB = 64 * 1024
const AT_ONCE = 8
/** No text keeps the server from others for longer. */
const PARSED_WITHIN_MS = 2_000

describeWith(['postgres'], 'bad input among people, over HTTP', () => {
  let world: WatchedServer
  let [author, reader, stranger]: ReadonlyArray<Person> = []
  beforeAll(async () => {
    world = await watchedServer()
    ;[author, reader, stranger] = await Promise.all(['author_1', 'reader_1', 'stranger_1'].map((handle) => signedUp(world.server, { handle })))
  })
  afterAll(async () => {
    for (const person of [author, reader, stranger]) await person?.client.close()
    await world.close()
  })
  const the = (person: Person | undefined): Person => {
    if (person === undefined) throw new Error('nobody signed up')
    return person
  }
  const account = (person: Person, command: object) => person.post('/v1/account/commands', command)
  const story = (person: Person, command: object) => person.post('/v1/stories/commands', command)
  const done = async (answer: Promise<Response>): Promise<unknown> => {
    const { ok, text } = await answer.then(async (one) => ({ ok: one.ok, text: await one.text() }))
    if (!ok) throw new Error(text)
    return JSON.parse(text)
  }
  const refused = (code: ProblemCode, send: () => Promise<Response>): Promise<Refusal> => world.refused(code, async () => refusalOf(await send()))
  const registered = async (count: number): Promise<ReadonlyArray<string>> => {
    const people: string[] = []
    for (let at = 0; at < count; at += 1) {
      const body = { handle: `friend_${at}_${people.length}`, name: 'A Friend', password: 'correct horse battery staple' }
      const answer = await fetch(`${world.server.api}/v1/auth/sign-up`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
      people.push(((await answer.json()) as { readonly account: string }).account)
    }
    return people
  }

  it(`P2: at ${limits.closeFriends - 1} close friends ${AT_ONCE} more at once: one wins; then there is no room`, async () => {
    const person = the(author)
    const friends = await registered(limits.closeFriends - 1 + AT_ONCE)
    for (const userId of friends.slice(0, limits.closeFriends - 1)) await done(account(person, { type: 'AddCloseFriend', userId }))
    const answers = await Promise.all(friends.slice(limits.closeFriends - 1).map((userId) => account(person, { type: 'AddCloseFriend', userId })))
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1)
    for (const answer of answers.filter(({ ok }) => !ok)) expect((await refusalOf(answer)).problem).toMatchObject({ type: 'urn:tidings:problem:limit-reached', status: 409 })
    const { problem } = await refused('limit-reached', () => account(person, { type: 'AddCloseFriend', userId: the(reader).account }))
    expect(problem.detail).toContain(String(limits.closeFriends))
    const [first = ''] = friends
    await done(account(person, { type: 'RemoveCloseFriend', userId: first }))
    await done(account(person, { type: 'AddCloseFriend', userId: the(reader).account }))
    await done(account(person, { type: 'RemoveCloseFriend', userId: the(reader).account }))
  })

  it('somebody who is not there: named as such, nothing stored', async () => {
    for (const type of ['Follow', 'AddCloseFriend', 'Block', 'MuteStories', 'HideStoriesFrom']) {
      const more = type === 'MuteStories' ? { muted: true } : type === 'HideStoriesFrom' ? { hidden: true } : {}
      await refused('not-found', () => account(the(author), { type, userId: newId(), ...more }))
    }
  })

  it('P1: whoever was blocked is told nothing of it: following looks like success, a message like absence', async () => {
    const [blocker, blocked] = [the(stranger), the(reader)]
    const direct = directConversationId(blocker.account, blocked.account)
    await done(blocked.post(`/v1/conversations/${direct}/commands`, { counter: 1, command: { type: 'CreateConversation', kind: 'direct', encryption: 'readable', members: [blocker.account] } }))
    const follows = async () => (await done(account(blocked, { type: 'Follow', userId: blocker.account }))) as object
    const before = Object.keys(await follows()).sort()
    await done(account(blocked, { type: 'Unfollow', userId: blocker.account }))
    await done(account(blocker, { type: 'Block', userId: blocked.account }))
    expect(Object.keys(await follows()).sort()).toEqual(before)
    const said = (conversation: string, counter: number) => () => blocked.post(`/v1/conversations/${conversation}/commands`, { counter, command: { type: 'SendMessage', messageId: newId(), content: { text: 'hello?' } } })
    const denied = await refused('not-found', said(direct, 2))
    expect((await refused('not-found', said(newId(), 1))).text).toBe(denied.text)
    const group = (member: string) => () => blocked.post(`/v1/conversations/${newId()}/commands`, { counter: 1, command: { type: 'CreateConversation', kind: 'group', members: [member] } })
    const nobody = newId()
    const absent = await refusalOf(await group(nobody)())
    expect((await refused(codeOf(absent.problem) as ProblemCode, group(blocker.account))).text).toBe(absent.text.replace(nobody, blocker.account))
    await done(account(blocker, { type: 'Unblock', userId: blocked.account }))
    await done(said(direct, 2)())
  })

  it.each(hostileTexts)('X16: a message of 64 KB of %s is refused; of as much as may be said it is read at once', async (_name, text) => {
    const person = the(author)
    const conversation = newId()
    await done(person.post(`/v1/conversations/${conversation}/commands`, { counter: 1, command: { type: 'CreateConversation', kind: 'group', encryption: 'readable', members: [] } }))
    const send = (said: string) => person.post(`/v1/conversations/${conversation}/commands`, { counter: 2, command: { type: 'SendMessage', messageId: newId(), content: { text: said } } })
    await refused('too-large', () => send(text(SIXTY_FOUR_KB)))
    const whole = Buffer.from(text(limits.contentBytes)).subarray(0, limits.contentBytes).toString().replaceAll('\ufffd', '')
    const from = performance.now()
    const answer = await send(whole)
    expect(performance.now() - from).toBeLessThan(PARSED_WITHIN_MS)
    const body = (await answer.json()) as { readonly mentions?: ReadonlyArray<unknown>; readonly type?: string }
    expect(answer.ok ? (body.mentions ?? []).length <= limits.mentions : body.type?.startsWith('urn:tidings:problem:')).toBe(true)
  })

  it('T1, P1: story ids that are deleted, foreign, hidden and guessed: one answer, to the byte', async () => {
    const [mine, other] = [the(author), the(reader)]
    await done(account(other, { type: 'Follow', userId: mine.account }))
    const post = async (tier: string) => {
      const storyId = newId()
      await done(story(mine, { type: 'PostStory', storyId, tier, content: { text: 'for some' } }))
      return storyId
    }
    const [deleted, foreign, hidden, seen] = [await post('public'), await post('close_friends'), await post('public'), await post('public')]
    await done(story(mine, { type: 'DeleteStory', storyId: deleted }))
    const look = (storyId: string, by = mine.account) => ({ author: by, storyId })
    await done(story(other, { type: 'ViewStory', ...look(seen) }))
    await done(account(mine, { type: 'HideStoriesFrom', userId: other.account, hidden: true }))
    const asked = [look(deleted), look(foreign), look(hidden), look(newId()), look(seen, the(stranger).account), look(newId(), newId())]
    for (const more of [{ type: 'ViewStory' }, { type: 'ReactToStory', reaction: { text: '🔥' } }, { type: 'UnreactToStory' }, { type: 'InspectStory', reason: 'curious' }]) {
      const texts = new Set<string>()
      for (const one of asked) texts.add((await refused('not-found', () => story(other, { ...one, ...more }))).text)
      expect({ type: more.type, answers: texts.size }).toEqual({ type: more.type, answers: 1 })
    }
    for (const path of ['', '/viewers', '/inspections']) {
      const texts = new Set<string>()
      for (const { storyId } of asked) texts.add((await refused('not-found', () => other.get(`/v1/stories/${storyId}${path}`))).text)
      expect({ path, answers: texts.size }).toEqual({ path, answers: 1 })
    }
    await refused('malformed', () => other.get('/v1/stories/nonsense'))
  })
})
