import * as E from 'fp-ts/lib/Either.js'
import type { AccountEvent } from '../../events/registry.js'
import type { Draft } from '../handling/draft.js'
import type { AccountRejection } from './rejections.js'

export type Decision = E.Either<AccountRejection, ReadonlyArray<Draft<AccountEvent>>>

export const alreadyInEffect: Decision = E.right([])
export const refuse = (rejection: AccountRejection): Decision => E.left(rejection)
export const accept = (...events: ReadonlyArray<Draft<AccountEvent>>): Decision => E.right(events)
