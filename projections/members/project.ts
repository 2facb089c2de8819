import type { Decoded } from '../../events/codec.js'
import type { ConversationEvent } from '../../events/registry.js'
import type { History } from '../../events/schemas/conversation.js'
import { streamId } from '../../events/streams.js'
import { afterAdded } from '../../events/visibility.js'
import type { Projected, Projection } from '../projection.js'
import type { MembersWrite } from './writes.js'
import { membersModel } from './writes.js'

/** Where the reading of somebody who is added at `revision` begins; which history the conversation has is known to the tables. */
const beginning = (history: History, revision: number): number => afterAdded([], history, revision)[0]?.from ?? revision

const project = ({ event }: Projected): ReadonlyArray<MembersWrite> => {
  const about = event as Decoded<ConversationEvent>
  const { revision, position, metadata } = event
  const conversation = streamId(event.stream)
  switch (about.type) {
    case 'ConversationCreated': {
      const { kind, encryption, history } = about.data
      return [{ op: 'created', conversation, kind, encryption, history }]
    }
    case 'MemberAdded': {
      const from = { shared: beginning('shared', revision), sinceJoin: beginning('sinceJoin', revision) }
      return [{ op: 'added', conversation, ...about.data, revision, position, at: metadata.recordedAt, from }]
    }
    case 'MemberRemoved':
      return [{ op: 'removed', conversation, userId: about.data.userId, revision, position, at: metadata.recordedAt }]
    case 'MemberLeft':
      return [{ op: 'removed', conversation, userId: about.data.userId, revision, position, at: metadata.recordedAt }]
    case 'RoleChanged':
      return [{ op: 'role', conversation, ...about.data, revision }]
    case 'ConversationRenamed':
    case 'KeyEpochStarted':
    case 'MessageSent':
    case 'MessageEdited':
    case 'MessageDeleted':
    case 'ReactionAdded':
    case 'ReactionRemoved':
    case 'MessagePinned':
    case 'MessageUnpinned':
      return []
  }
}

/** Who is and was a member of what, and which revisions each may read. */
export const membersProjection: Projection<MembersWrite> = { ...membersModel, categories: ['conversation'], opens: [], project }
