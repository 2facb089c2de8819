import { directConversationId } from '../../../events/ids.js'
import type { Tier } from '../../../events/schemas/stories.js'
import { newId } from '../../../platform/identifiers.js'
import { eventually, type PostedStory } from './channels.js'
import { bodyOf, type Person } from './door.js'
import { expected, tiers, viewers, type ViewerName } from './expected.js'
import type { Cast, Stories } from './table.js'

const account = async (who: Person, command: object): Promise<void> => { bodyOf(await who.post('/v1/account/commands', command)) }

/** Each has a direct conversation with the author, made by its command 1, and stands to the author as it is called. */
export const relate = async (cast: Cast): Promise<void> => {
  const { author } = cast
  const others = viewers.filter((name) => name !== 'author' && name !== 'anonymous').map((name) => cast[name])
  for (const other of others) {
    const create = { type: 'CreateConversation', kind: 'direct', encryption: 'readable', members: [author.account] }
    bodyOf(await other.post(`/v1/conversations/${directConversationId(other.account, author.account)}/commands`, { counter: 1, command: create }))
  }
  for (const name of ['follower', 'closeFriend', 'blocked', 'hidden'] as const) await account(cast[name], { type: 'Follow', userId: author.account })
  for (const name of ['closeFriend', 'blocked', 'hidden'] as const) await account(author, { type: 'AddCloseFriend', userId: cast[name].account })
  await account(author, { type: 'Block', userId: cast.blocked.account })
  const last = bodyOf(await author.post('/v1/account/commands', { type: 'HideStoriesFrom', userId: cast.hidden.account, hidden: true }))
  bodyOf(await author.get(`/v1/account/settings?after=${String(last['position'])}`))
}

const isTold = (name: ViewerName, tier: Tier): boolean => expected.push[name].includes(tier)

/** The author posts a story in every tier that mentions everybody; resolves once whoever is to be told was told. */
export const post = async (cast: Cast): Promise<Stories> => {
  let last = ''
  const handles = viewers.filter((name) => name !== 'anonymous').map((name) => `@${cast[name].handle}`).join(' ')
  const posted = async (tier: Tier): Promise<PostedStory> => {
    const [id, word] = [newId(), `w${newId().replaceAll('-', '')}`]
    const answer = bodyOf(await cast.author.post('/v1/stories/commands', { type: 'PostStory', storyId: id, tier, content: { text: `${word} ${handles}` } }))
    last = String(answer['position'])
    return { id, word, author: cast.author, position: () => last }
  }
  const stories = { public: await posted('public'), followers: await posted('followers'), close_friends: await posted('close_friends') }
  await eventually(async () => viewers.every((name) => tiers.every((tier) => !isTold(name, tier) || cast[name].pushed().has(stories[tier].id))))
  return stories
}
