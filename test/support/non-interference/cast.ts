import type { Caller } from '../../../command-side/index.js'
import { derivedId, directConversationId } from '../../../events/ids.js'

/** Ids that are the same in every world, so that the same questions can be asked in each. */
export const idOf = (...parts: ReadonlyArray<string>): string => derivedId('non-interference', ...parts)

/** The same as if a client had made it: conversations, messages and stories have ids of version 7. */
export const newIdOf = (...parts: ReadonlyArray<string>): string => {
  const id = idOf(...parts)
  return `${id.slice(0, 14)}7${id.slice(15)}`
}

export const insiders = ['anna', 'bert', 'cleo', 'dora'] as const
/** How each stands to Anna; only the guide has to do with all of them. */
export const outsiders = ['stranger', 'blocked', 'removed', 'follower', 'hidden'] as const
export type Insider = (typeof insiders)[number]
export type Outsider = (typeof outsiders)[number]
export type Person = Insider | Outsider | 'guide'

export const everyone: ReadonlyArray<Person> = [...insiders, ...outsiders, 'guide']

export const callerOf = (person: Person): Caller => ({ account: idOf('account', person), device: idOf('device', person) })
export const accountOf = (person: Person): string => callerOf(person).account
export const handleOf = (person: Person): string => `the_${person}`

/** `team` and `vault`: the removed one was a member of both. `home`: the guide and all outsiders. `side`: made in secret, if at all. */
export const conversations = {
  team: newIdOf('conversation', 'team'),
  vault: newIdOf('conversation', 'vault'),
  home: newIdOf('conversation', 'home'),
  side: newIdOf('conversation', 'side'),
  pair: directConversationId(accountOf('anna'), accountOf('bert')),
  withBlocked: directConversationId(accountOf('anna'), accountOf('blocked')),
} as const
export type ConversationName = keyof typeof conversations

/** Few, so that what one act makes another one meets. */
export const storyIds: ReadonlyArray<string> = [0, 1, 2, 3, 4, 5].map((n) => newIdOf('story', String(n)))
export const openStories: ReadonlyArray<string> = [0, 1].map((n) => newIdOf('open story', String(n)))
export const secretWords = ['needle', 'garnet', 'walrus'] as const
export const openWord = 'lantern'
