import * as E from 'fp-ts/lib/Either.js'
import type { Position } from '../../events/event-store.js'
import type { ReceiptsEvent } from '../../events/registry.js'
import { receiptsStream } from '../../events/streams.js'
import type { Problem } from '../../events/wire/answers.js'
import { unavailable } from './answers.js'
import { appendSealed } from './append.js'
import { monotonic } from './deciding.js'
import type { CommandSideDependencies } from './dependencies.js'
import type { Draft } from './draft.js'
import { sealDrafts } from './seal-drafts.js'

export interface AppendedReceipt {
  readonly sequence: number
  readonly recordedAt: number
  readonly position: Position
}

type Actor = { readonly account: string; readonly device: string | null }

/**
 * Appends an event to the receipts of a conversation, or an account, without an expected revision. Under an id that is
 * stored already nothing is appended, and the answer is that of the first.
 */
export const appendReceipt = (deps: CommandSideDependencies) => async (owner: string, { account, device }: Actor, draft: Draft<ReceiptsEvent>, id: string): Promise<E.Either<Problem, AppendedReceipt>> => {
  const place = { stream: receiptsStream(owner), after: undefined, chained: false }
  const recordedAt = deps.clock()
  const stamp = { recordedAt, actor: account, device, command: null, correlation: deps.newId() }
  const keys = new Map<string, Uint8Array>()
  const sealing = { seal: () => sealDrafts(place, [draft], [id], keys, stamp), keys, renew: async () => E.right(keys), patient: true }
  const appended = await appendSealed(deps.eventStore, place, sealing, deps.elapsed ?? monotonic)
  if (E.isRight(appended)) {
    const { firstRevision, position } = appended.right.at
    return E.right({ sequence: Number(firstRevision), recordedAt, position })
  }
  if (appended.left._tag === 'StoreUnavailable') return E.left(unavailable(appended.left.retryAfterMs))
  throw new Error(`a receipt was not appended: ${appended.left._tag}`)
}
