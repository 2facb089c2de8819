import * as TE from 'fp-ts/lib/TaskEither.js'
import { pipe } from 'fp-ts/lib/function.js'
import { orNotFound } from '../answers.js'
import { contentOrNull } from '../contents/message-view.js'
import { openContents } from '../contents/open-contents.js'
import type { ReadSideDependencies } from '../dependencies.js'
import type { ReadSide } from '../index.js'
import type { ConversationView, ReadStates } from '../views.js'

export const conversationQueries = ({ readers, keyStore }: ReadSideDependencies): Pick<ReadSide, 'conversation' | 'readStates'> => ({
  conversation: (account, conversation) =>
    pipe(
      orNotFound(readers.conversations.find(account, conversation)),
      TE.chain(({ name, members, pins, ...rest }) => pipe(
        openContents(keyStore)(name === undefined ? [] : [name]),
        TE.map((contents): ConversationView => ({
          conversation, ...rest,
          name: name === undefined ? null : contentOrNull(contents(name)),
          members: [...members],
          pins: [...pins],
        })),
      )),
    ),
  readStates: (account, conversation) =>
    pipe(
      orNotFound(readers.conversations.readStates(account, conversation)),
      TE.map((readers): ReadStates => ({ conversation, readers: [...readers] })),
    ),
})
