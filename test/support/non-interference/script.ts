import fc from 'fast-check'
import type { ConversationCommand, AccountCommand, StoryCommand } from '../../../events/wire/commands.js'
import { accountOf, handleOf, insiders, newIdOf, openStories, openWord, outsiders, secretWords, storyIds, type ConversationName, type Outsider, type Person } from './cast.js'

/** What somebody does, as the wire has it. Whether it is refused is no matter: it is so in every world where it is tried. */
export type Act = { readonly as: Person } & (
  | { readonly on: ConversationName; readonly command: ConversationCommand }
  | { readonly readIn: ConversationName; readonly through: number }
  | { readonly comes: boolean }
  | { readonly account: AccountCommand }
  | { readonly story: StoryCommand }
)

/** An act, and the outsiders who have no right to know of it. */
export interface Secret {
  readonly act: Act
  readonly foreignTo: ReadonlyArray<Outsider>
}

/** The same open acts in both worlds, other secrets in each; the clock goes on between the steps. */
export interface Step {
  readonly afterMs: number
  readonly open: ReadonlyArray<Act>
  readonly secrets: readonly [ReadonlyArray<Secret>, ReadonlyArray<Secret>]
}

/** Asked are those to whom every secret of the script is foreign. */
export interface Script {
  readonly asked: ReadonlyArray<Outsider>
  readonly steps: ReadonlyArray<Step>
}

type Secrets = fc.Arbitrary<Secret>

const all = (act: fc.Arbitrary<Act>): Secrets => act.map((done) => ({ act: done, foreignTo: outsiders }))
const insider = fc.constantFrom(...insiders)
const insiderId = insider.map(accountOf)
const sequence = fc.integer({ min: 0, max: 12 })
const number = fc.integer({ min: 0, max: 1_000_000 }).map(String)

/** Words that outsiders look for, and now and then one of their handles. */
const text = fc.tuple(fc.constantFrom(...secretWords), fc.option(fc.constantFrom(...outsiders), { freq: 2 }), number)
  .map(([word, mentioned, n]) => `${word} ${n}${mentioned === null ? '' : ` @${handleOf(mentioned)}`}`)

const sealed = number.map((n) => ({ ciphertext: Buffer.from(`sealed ${n}`).toString('base64url'), tokens: secretWords.map((word) => Buffer.from(word.padEnd(16)).toString('base64url')) }))

const readableTalk = fc.oneof(
  { weight: 4, arbitrary: fc.record({ messageId: number.map((n) => newIdOf('secret', n)), words: text }).map(({ messageId, words }): ConversationCommand => ({ type: 'SendMessage', messageId, content: { text: words } })) },
  fc.record({ target: sequence, words: text }).map(({ target, words }): ConversationCommand => ({ type: 'EditMessage', target, content: { text: words } })),
  fc.record({ target: sequence, reaction: fc.constantFrom('+1', 'no') }).map(({ target, reaction }): ConversationCommand => ({ type: 'React', target, reaction: { text: reaction } })),
  text.map((words): ConversationCommand => ({ type: 'RenameConversation', name: { text: words } })),
  fc.constantFrom('cleo' as const, 'dora' as const).map((one): ConversationCommand => ({ type: 'AddMembers', members: [accountOf(one)] })),
  fc.constantFrom('cleo' as const, 'dora' as const).map((one): ConversationCommand => ({ type: 'RemoveMember', userId: accountOf(one) })),
  fc.record({ userId: insiderId, role: fc.constantFrom('admin' as const, 'member' as const) }).map((change): ConversationCommand => ({ type: 'ChangeRole', ...change })),
  sequence.map((target): ConversationCommand => ({ type: 'PinMessage', target })),
)

const sealedTalk = fc.record({ messageId: number.map((n) => newIdOf('secret', n)), content: sealed, mentioned: fc.constantFrom(...outsiders) })
  .map(({ messageId, content, mentioned }): ConversationCommand => ({ type: 'SendMessage', messageId, content, mentions: [handleOf(mentioned)] }))

const creation = fc.constantFrom<ConversationCommand>(
  { type: 'CreateConversation', kind: 'group', encryption: 'readable', history: 'shared', members: [accountOf('anna'), accountOf('cleo')] },
  { type: 'CreateConversation', kind: 'group', encryption: 'readable', history: 'sinceJoin', members: [accountOf('bert')] },
)
const pairing: ConversationCommand = { type: 'CreateConversation', kind: 'direct', encryption: 'readable', history: 'shared', members: [accountOf('bert')] }

const talk = fc.oneof(
  { weight: 4, arbitrary: all(fc.record({ as: insider, on: fc.constantFrom('team' as const, 'side' as const, 'pair' as const), command: readableTalk })) },
  { weight: 2, arbitrary: all(fc.record({ as: insider, on: fc.constant('vault' as const), command: sealedTalk })) },
  all(fc.record({ as: fc.constantFrom('dora' as const, 'anna' as const), on: fc.constant('side' as const), command: creation })),
  all(fc.constant<Act>({ as: 'anna', on: 'pair', command: pairing })),
  all(fc.record({ as: insider, comes: fc.boolean() })),
  all(fc.record({ as: insider, readIn: fc.constantFrom('team' as const, 'vault' as const, 'pair' as const), through: sequence })),
)

const social = fc.oneof(
  ...(['Follow', 'Unfollow', 'AddCloseFriend', 'RemoveCloseFriend', 'Block', 'Unblock'] as const).map((type) =>
    all(fc.record({ as: insider, account: insiderId.map((userId): AccountCommand => ({ type, userId })) }))),
  all(fc.record({ as: insider, account: fc.record({ userId: insiderId, hidden: fc.boolean() }).map((change): AccountCommand => ({ type: 'HideStoriesFrom', ...change })) })),
  all(fc.record({ as: insider, account: fc.record({ userId: insiderId, muted: fc.boolean() }).map((change): AccountCommand => ({ type: 'MuteStories', ...change })) })),
)

const storyId = fc.constantFrom(...storyIds)
/** Anna's stories: who may see a tier of hers. Nobody outside follows Dora, and none of them is anybody's close friend. */
const foreign = {
  anna: { public: ['blocked', 'hidden'], followers: ['stranger', 'blocked', 'removed', 'hidden'], close_friends: outsiders },
  dora: { followers: outsiders, close_friends: outsiders },
} as const

const posting = (as: 'anna' | 'dora', tier: 'public' | 'followers' | 'close_friends', foreignTo: ReadonlyArray<Outsider>): Secrets =>
  fc.record({ id: storyId, words: text }).map(({ id, words }) => ({ act: { as, story: { type: 'PostStory', storyId: id, tier, content: { text: words } } }, foreignTo }))

const watching = fc.record({ as: insider, author: fc.constantFrom('anna' as const, 'dora' as const), id: fc.constantFrom(...storyIds, ...openStories), kind: fc.constantFrom('view', 'react', 'unreact') })
  .map(({ as, author, id, kind }): Act => {
    const story = { author: accountOf(author), storyId: id }
    const command: StoryCommand = kind === 'view' ? { type: 'ViewStory', ...story } : kind === 'react' ? { type: 'ReactToStory', ...story, reaction: { text: '+1' } } : { type: 'UnreactToStory', ...story }
    return { as, story: command }
  })

const stories = fc.oneof(
  ...Object.entries(foreign.anna).map(([tier, foreignTo]) => posting('anna', tier as keyof typeof foreign.anna, foreignTo)),
  ...Object.entries(foreign.dora).map(([tier, foreignTo]) => posting('dora', tier as keyof typeof foreign.dora, foreignTo)),
  all(watching),
  // A story that an outsider may know of is not deleted in secret.
  all(fc.record({ as: fc.constant('dora' as const), story: storyId.map((id): StoryCommand => ({ type: 'DeleteStory', storyId: id })) })),
)

/** What the asked may see: the same in both worlds, so that secrets have something to be seen beside. */
const open = fc.oneof(
  fc.record({ words: number, mentioned: fc.constantFrom(...outsiders) }).map(({ words, mentioned }): Act => ({
    as: 'guide', on: 'home', command: { type: 'SendMessage', messageId: newIdOf('open', words), content: { text: `${openWord} ${words} @${handleOf(mentioned)}` } },
  })),
  fc.record({ id: fc.constantFrom(...openStories), tier: fc.constantFrom('public' as const, 'followers' as const) }).map(({ id, tier }): Act =>
    ({ as: 'anna', story: { type: 'PostStory', storyId: id, tier, content: { text: `${openWord} story` } } })),
  fc.constantFrom(...outsiders).map((one): Act => ({ as: 'guide', account: { type: 'Follow', userId: accountOf(one) } })),
)

const secretFor = (asked: Outsider): Secrets => fc.oneof(talk, social, stories).filter(({ foreignTo }) => foreignTo.includes(asked))

const HOUR_MS = 3_600_000

/** Scripts that are about one outsider; one more who may not know of any of it is asked as well. */
export const scripts: fc.Arbitrary<Script> = fc.constantFrom(...outsiders).chain((focus) => {
  const secrets = fc.array(secretFor(focus), { maxLength: 4 })
  const step: fc.Arbitrary<Step> = fc.record({ afterMs: fc.constantFrom(1_000, HOUR_MS, 11 * HOUR_MS), open: fc.array(open, { maxLength: 1 }), secrets: fc.tuple(secrets, secrets) })
  return fc.array(step, { minLength: 3, maxLength: 6 }).map((steps) => {
    const told = steps.flatMap((one) => one.secrets.flat())
    const others = outsiders.filter((outsider) => outsider !== focus && told.every(({ foreignTo }) => foreignTo.includes(outsider)))
    return { steps, asked: [focus, ...others.slice(0, 1)] }
  })
})
