import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { OpaqueTokens } from '../../events/opaque-tokens.js'
import type { Acknowledgement, Problem } from '../../events/wire/answers.js'
import { problem } from '../../events/wire/problems.js'
import type { CommandSide } from '../command-side.js'

const notAPosition = problem('malformed', { errors: [{ path: '/body/through', message: 'not a position that this service gave' }] })

/** The command side as clients meet it: positions, which would tell how much others do, are sealed (ADR 0019). */
export const commandsForClients = (commandSide: CommandSide, { seal, open }: OpaqueTokens): CommandSide => {
  const sealed = <A extends Acknowledgement>(answer: TE.TaskEither<Problem, A>): TE.TaskEither<Problem, A> =>
    pipe(answer, TE.map((ack) => (ack.position === undefined ? ack : { ...ack, position: seal(ack.position) })))
  return {
    ...commandSide,
    conversation: (...asked) => sealed(commandSide.conversation(...asked)),
    markRead: (...asked) => sealed(commandSide.markRead(...asked)),
    muteConversation: (...asked) => sealed(commandSide.muteConversation(...asked)),
    account: (...asked) => sealed(commandSide.account(...asked)),
    story: (...asked) => sealed(commandSide.story(...asked)),
    markNotificationsRead: (account, { through, ...more }) => pipe(
      TE.fromEither(E.fromOption(() => notAPosition)(open(through))),
      TE.chain((position) => sealed(commandSide.markNotificationsRead(account, { ...more, through: position }))),
    ),
  }
}
