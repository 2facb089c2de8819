import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { CommandSide } from '../../command-side/index.js'
import type { Acknowledgement, Problem } from '../../events/wire/answers.js'
import type { ClientFrame } from '../../events/wire/frames.js'
import { problem } from '../../events/wire/problems.js'
import { frameText } from '../protocol/encode.js'
import type { Outbox } from '../sessions/outbox.js'
import type { CloseSession, Session } from '../sessions/session.js'
import { giveRoom, takeRoom } from '../sessions/under-way.js'

export type RequestFrame = Extract<ClientFrame, { readonly type: 'command' | 'read' | 'mute' }>

export interface RequestParts {
  readonly commandSide: Pick<CommandSide, 'conversation' | 'markRead' | 'muteConversation'>
  readonly outbox: Outbox
  readonly close: CloseSession
  readonly onDefect: (error: unknown) => void
}

export interface Requests {
  /** Hands the command on at once, in the order of the calls; the answer is sent when it comes. */
  readonly handle: (session: Session, frame: RequestFrame, bytes: number) => void
  /** Resolves when nothing is under way. */
  readonly settled: () => Promise<void>
}

/** Commands over the socket. The command side keeps the order of what is called in order, so nothing waits here. */
export const createRequests = ({ commandSide, outbox, close, onDefect }: RequestParts): Requests => {
  const underWay = new Set<Promise<void>>()

  const begin = ({ account, device }: Session, frame: RequestFrame): TaskEither<Problem, Acknowledgement> => {
    const [caller, { conversation }] = [{ account, device }, frame]
    switch (frame.type) {
      case 'command':
        return commandSide.conversation(caller, conversation, frame.counter, frame.command)
      case 'read':
        return commandSide.markRead(caller, conversation, { type: 'MarkRead', through: frame.through })
      case 'mute':
        return commandSide.muteConversation(caller, conversation, { type: 'MuteConversation', muted: frame.muted })
    }
  }

  const answered = async (answer: Promise<E.Either<Problem, Acknowledgement>>): Promise<E.Either<Problem, Acknowledgement>> => {
    try {
      return await answer
    } catch (error) {
      onDefect(error)
      return E.left(problem('internal'))
    }
  }
  const serve = async (session: Session, frame: RequestFrame, bytes: number): Promise<void> => {
    const answer = await answered(begin(session, frame)())
    giveRoom(session, bytes)
    const { request } = frame
    outbox.push(session, frameText(E.isRight(answer) ? { type: 'ack', request, ack: answer.right } : { type: 'refused', request, problem: answer.left }))
  }
  return {
    handle: (session, frame, bytes) => {
      if (!takeRoom(session, bytes)) {
        close(session, 'flooding')
        return
      }
      const serving = serve(session, frame, bytes)
      underWay.add(serving)
      void serving.finally(() => underWay.delete(serving))
    },
    settled: async () => { while (underWay.size > 0) await Promise.allSettled(underWay) },
  }
}
