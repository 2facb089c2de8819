import { Map, Set } from 'immutable'
import type { Role } from '../../events/schemas/common.js'
import type { ConversationKind, Encryption, History } from '../../events/schemas/conversation.js'
import type { Visible } from '../../events/visibility.js'

/** Someone who is or was a member: who comes back must not lose what earlier stays showed. */
export interface Participant {
  readonly standing: Role | 'former'
  /** Revision at which the latest stay began. */
  readonly since: number
  readonly visible: ReadonlyArray<Visible>
}

export type ConversationState =
  | { readonly _tag: 'Absent' }
  | {
      readonly _tag: 'Open'
      readonly kind: ConversationKind
      readonly encryption: Encryption
      readonly history: History
      readonly creator: string
      /** Of the latest event. */
      readonly revision: number
      /** Persistent: a change shares all but a few nodes with the state before it. */
      readonly participants: Map<string, Participant>
      readonly memberCount: number
      readonly adminCount: number
      /** Sequences of the pinned messages. */
      readonly pins: Set<number>
      readonly epoch: number
    }

export type Open = Extract<ConversationState, { _tag: 'Open' }>

export const absent: ConversationState = { _tag: 'Absent' }

export const opened = (created: Pick<Open, 'kind' | 'encryption' | 'history' | 'creator'>): Open => ({
  _tag: 'Open',
  kind: created.kind,
  encryption: created.encryption,
  history: created.history,
  creator: created.creator,
  revision: 0,
  participants: Map(),
  memberCount: 0,
  adminCount: 0,
  pins: Set(),
  epoch: 0,
})

/** The standing of a current member; undefined for everyone else. */
export const roleOf = (conversation: Open, userId: string): Role | undefined => {
  const standing = conversation.participants.get(userId)?.standing
  return standing === 'former' ? undefined : standing
}

/** What the user may read; nothing in a conversation that is not there. */
export const visibleTo = (state: ConversationState, userId: string): ReadonlyArray<Visible> =>
  state._tag === 'Open' ? (state.participants.get(userId)?.visible ?? []) : []

export const isCurrentMember = (state: ConversationState, userId: string): boolean =>
  state._tag === 'Open' && roleOf(state, userId) !== undefined

/** The other member of a direct conversation that the user belongs to; nobody in groups. */
export const othersInDirect = (state: ConversationState, userId: string): ReadonlyArray<string> =>
  state._tag === 'Open' && state.kind === 'direct' ? [...state.participants.keys()].filter((member) => member !== userId) : []

/** Revision of the latest event; -1 before the first. */
export const headOf = (state: ConversationState): number => (state._tag === 'Open' ? state.revision : -1)

export const encryptionOf = (state: ConversationState): Encryption | undefined =>
  state._tag === 'Open' ? state.encryption : undefined
