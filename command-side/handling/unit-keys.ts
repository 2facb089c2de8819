import { createHmac } from 'node:crypto'
import * as E from 'fp-ts/lib/Either.js'
import { canonicalBytes, type NotCanonical } from '../../events/canonical.js'
import type { StreamName } from '../../events/event-store.js'
import type { KeyStore, KeyStoreUnavailable, UnitState } from '../../events/key-store.js'
import type { Problem } from '../../events/wire/answers.js'
import { problem } from '../../events/wire/problems.js'
import type { Content } from '../../events/wire/commands.js'
import { conversationProblem, unavailable } from './answers.js'
import type { AnyDraft, UnitKeys } from './seal-drafts.js'

const REACTION_KEY_BYTES = 16

/** Tells equal reactions on one message from others (ADR 6). */
export const reactionKey = (unitKey: Uint8Array, reaction: Content): E.Either<NotCanonical, string> =>
  E.map((bytes: Uint8Array) => createHmac('sha256', unitKey).update(bytes).digest().subarray(0, REACTION_KEY_BYTES).toString('base64url'))(
    canonicalBytes(reaction))

type Sealing = Extract<AnyDraft, { readonly content: unknown }>

const beginning: ReadonlySet<AnyDraft['type']> = new Set<Sealing['type']>(['MessageSent', 'ConversationRenamed', 'AccountRegistered', 'ProfileChanged', 'StoryPosted'])

/** The unit that a draft begins; a conversation's own is taken at its creation, before anybody else knows its id. */
const begun = (draft: AnyDraft, id: string): string | undefined => {
  if (draft.type === 'ConversationCreated') return id
  return 'content' in draft && beginning.has(draft.type) ? draft.data.unit : undefined
}

export interface ObtainedKeys {
  readonly keys: UnitKeys
  /** Whether each unit was new: nobody can have used it before. */
  readonly created: boolean
}

const takenProblem = (draft: AnyDraft['type']): Problem =>
  draft === 'MessageSent' ? problem('message-id-reused') : problem('conflict', { detail: 'This id names something else already: make a new id.' })

const away = ({ retryAfterMs }: KeyStoreUnavailable): Problem => unavailable(retryAfterMs)

const distinct = (units: ReadonlyArray<string>): ReadonlyArray<string> => [...new Set(units)]

const unitsOf = (drafts: ReadonlyArray<AnyDraft>, id: string) => ({
  begun: distinct(drafts.flatMap((draft) => begun(draft, id) ?? [])),
  sealedUnder: distinct(drafts.flatMap((draft) => ('content' in draft ? [draft.data.unit] : []))),
})

const living = (units: ReadonlyArray<string>, states: ReadonlyArray<UnitState>, owner: string): UnitKeys =>
  new Map(units.flatMap((unit, index) => {
    const state = states[index]
    return state?._tag === 'Living' && state.owner === owner ? [[unit, state.key] as const] : []
  }))

/**
 * Keys for what the drafts seal, in one call: obtained for units that they begin, found for the others. A unit of
 * another stream, or one that was destroyed, is never sealed under. `id` is the stream's own.
 */
export const keysFor = (keyStore: KeyStore, stream: StreamName, id: string) =>
  async (drafts: ReadonlyArray<AnyDraft>): Promise<E.Either<Problem, ObtainedKeys>> => {
    const units = unitsOf(drafts, id)
    if (units.begun.length > 0) {
      const states = await keyStore.obtain(units.begun.map((unit) => ({ unit, owner: stream })))()
      if (E.isLeft(states)) return E.left(away(states.left))
      const keys = living(units.begun, states.right, stream)
      if (keys.size < units.begun.length) return E.left(takenProblem(drafts[0]?.type ?? 'MessageSent'))
      return E.right({ keys, created: states.right.every((state) => state._tag === 'Living' && state.created) })
    }
    if (units.sealedUnder.length === 0) return E.right({ keys: new Map(), created: false })
    const states = await keyStore.find(units.sealedUnder)()
    if (E.isLeft(states)) return E.left(away(states.left))
    const keys = living(units.sealedUnder, states.right, stream)
    return keys.size < units.sealedUnder.length
      ? E.left(conversationProblem({ _tag: 'MessageIsDeleted' }))
      : E.right({ keys, created: false })
  }

/** The key of one unit of this stream; undefined when it was destroyed or never was. */
export const keyOf = async (keyStore: KeyStore, stream: StreamName, unit: string): Promise<E.Either<Problem, Uint8Array | undefined>> => {
  const states = await keyStore.find([unit])()
  return E.isLeft(states) ? E.left(away(states.left)) : E.right(living([unit], states.right, stream).get(unit))
}
