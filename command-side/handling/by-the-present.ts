import * as E from 'fp-ts/lib/Either.js'
import { conversationStream } from '../../events/streams.js'
import type { ConversationState } from '../conversation/decider.js'
import type { Lanes } from './lanes.js'
import type { StreamStates } from './stream-states.js'

/** Decides by a conversation as it is known here, in its lane; a refusal stands only when it is known up to its end. */
export const byThePresent = (conversations: StreamStates<ConversationState>, lanes: Lanes) =>
  <L, A>(conversation: string, decide: (state: ConversationState) => E.Either<L, A>): Promise<E.Either<L, A>> => {
    const stream = conversationStream(conversation)
    return lanes.run(stream, async () => {
      const { kept, fresh } = await conversations.current(stream)
      const decision = decide(kept.state)
      return E.isRight(decision) || fresh ? decision : decide((await conversations.caughtUp(stream, kept)).kept.state)
    })
  }
