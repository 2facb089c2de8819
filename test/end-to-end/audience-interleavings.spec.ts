import fc from 'fast-check'
import { uuidv7 } from 'uuidv7'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Caller } from '../../command-side/index.js'
import { stranger, type Relation } from '../../events/audience.js'
import { directConversationId } from '../../events/ids.js'
import type { Tier } from '../../events/schemas/stories.js'
import { probes, type PostedStory } from '../../server/demo/stories/channels.js'
import { bodyOf, type Person } from '../../server/demo/stories/door.js'
import { tiers, type Channel } from '../../server/demo/stories/expected.js'
import { gatewayStack, type GatewayStack } from '../support/gateway-stack.js'
import { httpOver, socketOver } from '../support/stack-doors.js'
import { until } from '../support/until.js'

const INTERLEAVINGS = 15
const WITHIN_MS = 120_000

/** Who does what; `group` changes a membership of the viewer in a conversation of the author. */
const changes = ['follow', 'unfollow', 'befriend', 'unfriend', 'block', 'unblock', 'blockBack', 'unblockBack', 'hide', 'show', 'join', 'leave'] as const
type Change = (typeof changes)[number]

interface Standing extends Relation {
  readonly blockedBy: ReadonlySet<'author' | 'viewer'>
  readonly member: boolean
}

const blocking = (standing: Standing, who: 'author' | 'viewer', stands: boolean): Standing => {
  const blockedBy = new Set(standing.blockedBy)
  if (stands) blockedBy.add(who)
  else blockedBy.delete(who)
  // A block ends what its owner held of the other (ADR 0018).
  const ended = !stands ? {} : who === 'author' ? { closeFriend: false } : { follows: false }
  return { ...standing, ...ended, blockedBy, blocked: blockedBy.size > 0 }
}

/** What each change does, by the rules, when it is allowed. */
const after = (standing: Standing, change: Change): Standing => {
  switch (change) {
    case 'follow':
      return { ...standing, follows: standing.blockedBy.has('viewer') ? standing.follows : true }
    case 'unfollow':
      return { ...standing, follows: false }
    case 'befriend':
      return { ...standing, closeFriend: standing.blockedBy.has('author') ? standing.closeFriend : true }
    case 'unfriend':
      return { ...standing, closeFriend: false }
    case 'block':
    case 'unblock':
      return blocking(standing, 'author', change === 'block')
    case 'blockBack':
    case 'unblockBack':
      return blocking(standing, 'viewer', change === 'blockBack')
    case 'hide':
    case 'show':
      return { ...standing, hidden: change === 'hide' }
    case 'join':
      return { ...standing, member: standing.member || !standing.blockedBy.has('viewer') }
    case 'leave':
      return { ...standing, member: false }
  }
}

const sees = ({ blocked, hidden, follows, closeFriend }: Standing, tier: Tier): boolean =>
  !blocked && !hidden && { public: true, followers: follows, close_friends: closeFriend }[tier]

/** What a channel shows of a tier; a tray also asks whose stories come at all. */
const shows = (channel: Channel, standing: Standing, tier: Tier): boolean =>
  sees(standing, tier) && (channel !== 'tray' || standing.follows || standing.closeFriend)

interface Listed {
  readonly notifications: ReadonlyArray<{ readonly story_id?: string }>
  readonly unread: number
}

let people = 0

describe('unfollow, removal and block', () => {
  let stack: GatewayStack
  let http: Awaited<ReturnType<typeof httpOver>>
  beforeAll(async () => {
    stack = await gatewayStack(1)
    http = await httpOver(stack)
  })
  afterAll(async () => {
    await http.close()
    await stack.close()
    expect(stack.defects).toEqual([])
  })

  const person = async (): Promise<Person & { readonly heard: (text: string) => boolean; readonly caller: Caller }> => {
    const [caller, handle] = [{ account: uuidv7(), device: uuidv7() }, `between_${(people += 1)}`]
    const one = {
      account: caller.account, handle, caller,
      get: (path: string) => http.ask(caller, 'GET', path),
      post: (path: string, body: object) => http.ask(caller, 'POST', path, body),
    }
    bodyOf(await one.post('/v1/account/commands', { type: 'RegisterAccount', profile: { handle, name: 'Between' } }))
    bodyOf(await one.post('/v1/account/commands', { type: 'RegisterDevice', deviceId: caller.device }))
    const { frames } = await socketOver(stack, caller)
    return {
      ...one,
      pushed: () => new Set(frames().flatMap((frame) => (frame.type === 'notification' ? (frame.notification.story_id ?? []) : []))),
      heard: (text) => JSON.stringify(frames()).includes(text),
    }
  }

  const world = async () => {
    const [author, viewer, group] = [await person(), await person(), uuidv7()]
    const direct = directConversationId(author.account, viewer.account)
    let [inGroup, words] = [0, 0]
    const command = async (body: object): Promise<string> => {
      const answer = bodyOf(await author.post(`/v1/conversations/${group}/commands`, { counter: inGroup + 1, command: body }))
      if (answer['unchanged'] !== true) inGroup += 1
      return String(answer['position'])
    }
    bodyOf(await viewer.post(`/v1/conversations/${direct}/commands`, { counter: 1, command: { type: 'CreateConversation', kind: 'direct', encryption: 'readable', members: [author.account] } }))
    await command({ type: 'CreateConversation', kind: 'group', encryption: 'readable', history: 'sinceJoin', members: [] })
    /** Whoever blocked the author is not brought in, and who is not there cannot be removed. */
    const tryTo = async (body: object): Promise<void> => {
      const { status, body: answer } = await author.post(`/v1/conversations/${group}/commands`, { counter: inGroup + 1, command: body })
      if (status === 200 && (answer as { readonly unchanged?: true }).unchanged !== true) inGroup += 1
    }
    const account = async (who: Person, type: string, about: Person, more: object = {}): Promise<void> => { await who.post('/v1/account/commands', { type, userId: about.account, ...more }) }
    const act: Readonly<Record<Change, () => Promise<unknown>>> = {
      follow: () => account(viewer, 'Follow', author), unfollow: () => account(viewer, 'Unfollow', author),
      befriend: () => account(author, 'AddCloseFriend', viewer), unfriend: () => account(author, 'RemoveCloseFriend', viewer),
      block: () => account(author, 'Block', viewer), unblock: () => account(author, 'Unblock', viewer),
      blockBack: () => account(viewer, 'Block', author), unblockBack: () => account(viewer, 'Unblock', author),
      hide: () => account(author, 'HideStoriesFrom', viewer, { hidden: true }), show: () => account(author, 'HideStoriesFrom', viewer, { hidden: false }),
      join: () => tryTo({ type: 'AddMembers', members: [viewer.account] }), leave: () => tryTo({ type: 'RemoveMember', userId: viewer.account }),
    }
    const say = async () => {
      const word = `w${String((words += 1)).padStart(4, '0')}${group.slice(-12)}`
      return { word, position: await command({ type: 'SendMessage', messageId: uuidv7(), content: { text: word } }) }
    }
    const post = async (tier: Tier) => {
      const [id, word] = [uuidv7(), `s${uuidv7().replaceAll('-', '')}`]
      const posted = bodyOf(await author.post('/v1/stories/commands', { type: 'PostStory', storyId: id, tier, content: { text: `${word} @${viewer.handle}` } }))
      return { id, word, author, position: () => String(posted['position']) }
    }
    return { author, viewer, group, act, say, post }
  }

  const byChannel = ['query', 'tray', 'notifications', 'counts', 'reactions', 'replies'] as const

  it(`P4: acts at once on every channel, whatever comes between, in ${INTERLEAVINGS} random interleavings`, async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.constantFrom(...changes), { minLength: 3, maxLength: 10 }), async (script) => {
      const { author, viewer, group, act, say, post } = await world()
      const probe = probes(new Map())
      let standing: Standing = { ...stranger, blockedBy: new Set(), member: false }
      const told: { readonly tier: Tier; readonly story: PostedStory }[] = []
      // Nothing in between is waited for: all that may be seen of a change follows within the events before the next question.
      for (const change of script) {
        await act[change]()
        standing = after(standing, change)
        const said = await say()
        const readable = await viewer.get(`/v1/conversations/${group}/messages?after=${said.position}`)
        const found = bodyOf(await viewer.get(`/v1/search?q=${said.word}&after=${said.position}`))['total'] === 1
        expect({ change, read: readable.status === 200 && JSON.stringify(readable.body).includes(said.word), found }).toEqual({ change, read: standing.member, found: standing.member })
        if (standing.member) await until(() => viewer.heard(said.word))
        expect({ change, heard: viewer.heard(said.word) }).toEqual({ change, heard: standing.member })
        const tier = tiers[script.indexOf(change) % tiers.length] ?? 'public'
        const story = await post(tier)
        const settled = await author.get(`/v1/stories/${story.id}?after=${story.position()}`)
        expect(settled.status).toBe(200)
        for (const channel of byChannel) expect({ script, change, channel, tier, shown: await probe[channel](viewer, story) }).toEqual({ script, change, channel, tier, shown: shows(channel, standing, tier) })
        const listed = bodyOf(await viewer.get(`/v1/notifications?after=${story.position()}`)) as unknown as Listed
        const about = told.filter((one) => listed.notifications.some(({ story_id: id }) => id === one.story.id))
        expect({ change, still: about, unread: listed.unread }).toEqual({ change, still: told.filter((one) => sees(standing, one.tier)), unread: listed.notifications.length })
        if (sees(standing, tier)) told.push({ tier, story })
        if (sees(standing, tier)) await until(() => viewer.pushed().has(story.id))
        expect({ change, pushed: viewer.pushed().has(story.id) }).toEqual({ change, pushed: sees(standing, tier) })
      }
    }), { numRuns: INTERLEAVINGS, endOnFailure: true })
  }, WITHIN_MS)
})
