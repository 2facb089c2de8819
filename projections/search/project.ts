import type { Decoded } from '../../events/codec.js'
import type { ConversationEvent } from '../../events/registry.js'
import type { Indexed } from '../../events/search/index-port.js'
import { words } from '../../events/search/normalise.js'
import { streamId } from '../../events/streams.js'
import type { Content } from '../../events/wire/commands.js'
import type { Projected, Projection } from '../projection.js'
import type { SearchWrite } from './writes.js'
import { searchModel } from './writes.js'

/** What of a content can be found; undefined where the client gave no tokens. */
const indexedOf = (content: Content): Indexed | undefined => {
  if ('text' in content) return { mode: 'words', words: words(content.text) }
  return content.tokens === undefined ? undefined : { mode: 'tokens', tokens: content.tokens }
}

const project = ({ event, content }: Projected): ReadonlyArray<SearchWrite> => {
  const about = event as Decoded<ConversationEvent>
  const { revision: version, metadata } = event
  const conversation = streamId(event.stream)
  const indexed = content === undefined ? undefined : indexedOf(content as Content)
  switch (about.type) {
    case 'MessageSent': {
      if (content === undefined) return [{ op: 'remove', conversation, sequence: version, version, sentAt: metadata.recordedAt }]
      const document = { conversation, sequence: version, messageId: about.data.messageId, sender: metadata.actor, sentAt: metadata.recordedAt }
      return indexed === undefined ? [] : [{ op: 'put', version, document: { ...document, indexed } }]
    }
    case 'MessageEdited': {
      const message = { conversation, sequence: about.data.target, version }
      return [indexed === undefined ? { op: 'remove', ...message } : { op: 'reword', ...message, indexed }]
    }
    case 'MessageDeleted':
      return [{ op: 'remove', conversation, sequence: about.data.target, version }]
    case 'ConversationCreated':
    case 'MemberAdded':
    case 'MemberRemoved':
    case 'MemberLeft':
    case 'RoleChanged':
    case 'ConversationRenamed':
    case 'KeyEpochStarted':
    case 'ReactionAdded':
    case 'ReactionRemoved':
    case 'MessagePinned':
    case 'MessageUnpinned':
      return []
  }
}

/** What can be found of messages as they stand: of forgotten ones nothing. */
export const searchProjection: Projection<SearchWrite> = { ...searchModel, categories: ['conversation'], opens: ['MessageSent', 'MessageEdited'], project }
