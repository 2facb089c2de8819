import type { RecordedEvent } from '../../events/event-store.js'
import type { Envelope } from '../../events/schemas/common.js'
import { streamId } from '../../events/streams.js'
import type { Content } from '../../events/wire/commands.js'
import type { StoredMessage } from '../ports.js'
import type { MessageView } from '../views.js'
import { decodedAs } from './decoded.js'
import type { Contents, Opened } from './open-contents.js'

/** Everything of a message that may have to be opened. */
export const sealedEventsOf = ({ sent, edit, reactions }: StoredMessage): ReadonlyArray<RecordedEvent> => [sent, ...(edit === undefined ? [] : [edit]), ...reactions]

export const contentOrNull = (opened: Opened | undefined): Content | null => (opened?._tag === 'Opened' ? (opened.content as Content) : null)

const envelopeOf = (envelope: Envelope | undefined) => (envelope === undefined ? {} : { envelope })

const shown = (contents: Contents, sent: RecordedEvent, edit: RecordedEvent | undefined) => {
  if (edit === undefined) return { content: contentOrNull(contents(sent)), ...envelopeOf(decodedAs('MessageSent', sent).data.envelope) }
  const { data, revision, metadata } = decodedAs('MessageEdited', edit)
  return { content: contentOrNull(contents(edit)), ...envelopeOf(data.envelope), editedAt: metadata.recordedAt, editedBySequence: revision }
}

const reactionView = (contents: Contents) => (event: RecordedEvent): MessageView['reactions'][number] => {
  const { revision, metadata } = decodedAs('ReactionAdded', event)
  return { userId: metadata.actor, sequence: revision, reaction: contentOrNull(contents(event)) }
}

/** The message as it stands: of a deleted or forgotten one only its place is left. */
export const messageView = (contents: Contents) => ({ sent, edit, deleted, pinned, reactions }: StoredMessage): MessageView => {
  const { data, metadata, revision, stream } = decodedAs('MessageSent', sent)
  const isGone = deleted || contents(sent)?._tag === 'Forgotten'
  return {
    conversation: streamId(stream),
    sequence: revision,
    messageId: data.messageId,
    sender: metadata.actor,
    device: metadata.device,
    sentAt: metadata.recordedAt,
    ...(data.replyTo === undefined ? {} : { replyTo: data.replyTo }),
    ...(data.story === undefined ? {} : { story: data.story }),
    ...(isGone ? { content: null } : shown(contents, sent, edit)),
    deleted: isGone,
    pinned: pinned && !isGone,
    reactions: isGone ? [] : reactions.map(reactionView(contents)),
  }
}
