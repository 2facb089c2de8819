import * as E from 'fp-ts/lib/Either.js'
import type { StreamName } from '../../events/event-store.js'
import type { Acknowledgement, Problem } from '../../events/wire/answers.js'
import { unavailable } from './answers.js'
import { appendSealed, type Sealing } from './append.js'
import { acknowledged, monotonic } from './deciding.js'
import type { CommandSideDependencies } from './dependencies.js'
import { sealDrafts, type AnyDraft, type UnitKeys } from './seal-drafts.js'

/** An event that stands wherever its stream ends, and the keys for what it seals. */
export interface Appending extends Pick<Sealing, 'keys' | 'renew'> {
  readonly id: string
  readonly draft: AnyDraft
}

type Actor = { readonly account: string; readonly device: string | null }

const noKeys: UnitKeys = new Map()

/** An event that seals nothing. */
export const unsealed = (id: string, draft: AnyDraft): Appending => ({ id, draft, keys: noKeys, renew: async () => E.right(noKeys) })

/**
 * Appends an event to a stream on which nothing is decided, without an expected revision. Under an id that is stored
 * already nothing is appended, and the answer is that of the first.
 */
export const appendOne = (deps: CommandSideDependencies) =>
  async (stream: StreamName, { account, device }: Actor, { id, draft, keys, renew }: Appending): Promise<E.Either<Problem, Acknowledgement>> => {
    const place = { stream, after: undefined, chained: false }
    const recordedAt = deps.clock()
    const stamp = { recordedAt, actor: account, device, command: null, correlation: deps.newId() }
    const seal = (under: UnitKeys) => sealDrafts(place, [draft], [id], under, stamp)
    const appended = await appendSealed(deps.eventStore, place, { seal, keys, renew, patient: true }, deps.elapsed ?? monotonic)
    if (E.isRight(appended)) {
      const { firstRevision: revision, position } = appended.right.at
      return E.right(acknowledged({ revision, recordedAt, position }))
    }
    if (appended.left._tag === 'StoreUnavailable') return E.left(unavailable(appended.left.retryAfterMs))
    if (appended.left._tag === 'Refused') return E.left(appended.left.problem)
    throw new Error(`${draft.type} was not appended: ${appended.left._tag}`)
  }
