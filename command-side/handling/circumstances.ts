import * as E from 'fp-ts/lib/Either.js'
import type { Problem } from '../../events/wire/answers.js'
import { encryptionOf, othersInDirect, type ConversationState } from '../conversation/decider.js'
import { unavailable } from './answers.js'
import type { BlockFacts } from './blocking.js'
import { noCircumstances, type Circumstances, type NumberedCommand } from './conversation-commands.js'
import type { CommandSideDependencies } from './dependencies.js'
import { namedBy } from './mentioned.js'

const heard = new Set(['SendMessage', 'EditMessage', 'React'])

const isBlocked = async ({ eitherBlocks }: BlockFacts, { caller, command }: NumberedCommand, state: ConversationState): Promise<boolean> => {
  const other = heard.has(command.type) ? othersInDirect(state, caller.account)[0] : undefined
  return other !== undefined && eitherBlocks(caller.account, other)
}

const isStoryVisible = async ({ storyFacts }: CommandSideDependencies, { caller, command }: NumberedCommand): Promise<E.Either<Problem, boolean>> => {
  if (command.type !== 'SendMessage' || command.story === undefined || storyFacts === undefined) return E.right(false)
  const visible = await storyFacts.visibleTo(caller.account, command.story.author, command.story.storyId)()
  return E.isLeft(visible) ? E.left(unavailable(visible.left.retryAfterMs)) : visible
}

export const circumstancesOf = (deps: CommandSideDependencies, blocks: BlockFacts) =>
  async (asked: NumberedCommand, state: ConversationState): Promise<E.Either<Problem, Circumstances>> => {
    const encryption = encryptionOf(state)
    if (encryption === undefined) return E.right(noCircumstances)
    const named = await namedBy(deps)(encryption, asked.command)
    if (E.isLeft(named)) return named
    const storyVisible = await isStoryVisible(deps, asked)
    if (E.isLeft(storyVisible)) return storyVisible
    return E.right({ blocked: await isBlocked(blocks, asked, state), named: named.right, storyVisible: storyVisible.right })
  }
