import * as E from 'fp-ts/lib/Either.js'
import type { CommandSide } from '../../command-side/index.js'
import type { Problem } from '../../events/wire/answers.js'
import type { CloseReason } from '../../events/wire/close-codes.js'
import type { ClientFrame } from '../../events/wire/frames.js'
import { problem } from '../../events/wire/problems.js'
import type { Authenticator, Identity } from '../ports.js'

export type Hello = Extract<ClientFrame, { readonly type: 'hello' }>

export interface Unwelcome {
  readonly problem: Problem
  readonly close: CloseReason
}

/** A problem of ours is no reason to sign in again: the client comes back and tries once more. */
const unwelcome = (refusal: Problem, close: CloseReason): E.Either<Unwelcome, never> =>
  E.left({ problem: refusal, close: refusal.status >= 500 ? 'behind' : close })

/** Who says hello: a valid token, in the upgrade or in the frame, and a live device of its account. */
export const whoGreets = async (
  authenticator: Pick<Authenticator, 'identify'>,
  commandSide: Pick<CommandSide, 'deviceIsLive'>,
  bearer: string | undefined,
  hello: Hello,
): Promise<E.Either<Unwelcome, Identity>> => {
  const token = bearer ?? hello.token
  if (token === undefined) return unwelcome(problem('unauthenticated'), 'unauthenticated')
  const identity = await authenticator.identify(token)()
  if (E.isLeft(identity)) return unwelcome(identity.left, 'unauthenticated')
  const live = await commandSide.deviceIsLive({ account: identity.right.account, device: hello.device })()
  if (E.isLeft(live)) return unwelcome(live.left, 'deviceRevoked')
  return live.right ? identity : unwelcome(problem('device-unknown'), 'deviceRevoked')
}
