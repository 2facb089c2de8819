import { limits } from '../../events/limits.js'
import { mayRead } from '../../events/visibility.js'
import { contentFlaw, envelopeFlaw } from './content.js'
import {
  aboutLivingMessage, aboutMessage, accept, alreadyInEffect, asMember, mayReadMessage, refuse, type Command, type Decision,
} from './decision.js'
import type { ConversationRejection } from './rejections.js'
import { isCurrentMember, visibleTo, type ConversationState, type Open } from './state.js'

const bodyFlaw = (conversation: Open, { content, envelope }: Pick<Command<'SendMessage'>, 'content' | 'envelope'>): ConversationRejection | undefined =>
  contentFlaw(conversation.encryption, content, limits.contentBytes) ?? envelopeFlaw(conversation, envelope)

/** Members who are named and can read the message: the sender is not told of itself. */
const mentionsOf = (conversation: Open, actor: string, named: ReadonlyArray<string>, sequence: number): ReadonlyArray<string> =>
  named.filter((userId) => userId !== actor && isCurrentMember(conversation, userId) && mayRead(visibleTo(conversation, userId), sequence))

/** An empty list is left out: the event says whom to tell, if anybody. */
const withMentions = (mentions: ReadonlyArray<string>) => (mentions.length === 0 ? {} : { mentions: [...mentions] })

const isByOther = ({ kind, participants }: Open, actor: string, author: string): boolean =>
  kind === 'direct' && author !== actor && participants.has(author)

const storyFlaw = (conversation: Open, { actor, story }: Command<'SendMessage'>): ConversationRejection | undefined =>
  story === undefined || (story.visible && isByOther(conversation, actor, story.reference.author)) ? undefined : { _tag: 'StoryAbsent' }

/**
 * An answer to a message that was deleted meanwhile is still sent, as it would be by Signal or WhatsApp: what its
 * sender wrote must not be lost because someone else was quicker.
 */
export const send = (command: Command<'SendMessage'>, state: ConversationState): Decision =>
  asMember(state, command.actor, (conversation) => {
    const { actor, messageId, content, replyTo, story, envelope } = command
    if (command.blocked) return refuse({ _tag: 'Blocked' })
    if (replyTo === 'absent' || (replyTo !== undefined && !mayReadMessage(conversation, actor, replyTo))) return refuse({ _tag: 'MessageAbsent' })
    const flaw = storyFlaw(conversation, command) ?? bodyFlaw(conversation, command)
    if (flaw !== undefined) return refuse(flaw)
    const mentions = mentionsOf(conversation, actor, command.mentioned, conversation.revision + 1)
    return accept({
      type: 'MessageSent',
      data: {
        messageId, unit: messageId,
        ...(replyTo && { replyTo: replyTo.sequence, replyToSender: replyTo.sender }),
        ...withMentions(mentions), ...(story && { story: story.reference }), ...(envelope && { envelope }),
      },
      content,
    })
  })

/** Only the sender changes what was said; admins may delete, never reword. Whom the message mentioned before is not told again (M5). */
export const edit = (command: Command<'EditMessage'>, state: ConversationState): Decision =>
  aboutMessage(state, command, (target, conversation) => {
    if (command.blocked) return refuse({ _tag: 'Blocked' })
    if (target.sender !== command.actor) return refuse({ _tag: 'NotTheSender' })
    if (target.deleted) return refuse({ _tag: 'MessageIsDeleted' })
    const flaw = bodyFlaw(conversation, command)
    if (flaw !== undefined) return refuse(flaw)
    const { actor, content, envelope } = command
    const mentions = mentionsOf(conversation, actor, command.mentioned, target.sequence).filter((userId) => !target.mentions.has(userId))
    return accept({
      type: 'MessageEdited',
      data: { target: target.sequence, messageId: target.messageId, unit: target.unit, ...withMentions(mentions), ...(envelope && { envelope }) },
      content,
    })
  })

export const remove = (command: Command<'DeleteMessage'>, state: ConversationState): Decision =>
  aboutMessage(state, command, (target, _conversation, role) => {
    if (target.sender !== command.actor && role !== 'admin') return refuse({ _tag: 'NotTheSender' })
    if (target.deleted) return alreadyInEffect
    return accept({ type: 'MessageDeleted', data: { target: target.sequence, messageId: target.messageId, unit: target.unit } })
  })

const stands = ({ actor, target, reactionKey }: Command<'React' | 'Unreact'>): boolean =>
  target?.reactions.has(`${actor}:${reactionKey}`) ?? false

/** How many different reactions the actor has on the message: bounded, so that what is known of a message stays small. */
const reactionsBy = ({ actor, target }: Command<'React'>): number =>
  [...(target?.reactions ?? [])].filter((reaction) => reaction.startsWith(`${actor}:`)).length

export const react = (command: Command<'React'>, state: ConversationState): Decision =>
  aboutLivingMessage(state, command, ({ sequence, messageId, unit, sender }, { encryption }) => {
    if (command.blocked) return refuse({ _tag: 'Blocked' })
    const flaw = contentFlaw(encryption, command.reaction, limits.reactionBytes)
    if (flaw !== undefined) return refuse(flaw)
    if (stands(command)) return alreadyInEffect
    if (reactionsBy(command) >= limits.reactionsPerMember) return refuse({ _tag: 'TooManyReactions', limit: limits.reactionsPerMember })
    const data = { target: sequence, messageId, unit, messageSender: sender, reaction: command.reactionKey }
    return accept({ type: 'ReactionAdded', data, content: command.reaction })
  })

export const unreact = (command: Command<'Unreact'>, state: ConversationState): Decision =>
  aboutLivingMessage(state, command, ({ sequence, messageId }) =>
    stands(command)
      ? accept({ type: 'ReactionRemoved', data: { target: sequence, messageId, reaction: command.reactionKey } })
      : alreadyInEffect,
  )

/** Every member pins and unpins, as in Signal, WhatsApp and Telegram unless an admin of theirs restricts it. */
export const pin = (command: Command<'PinMessage'>, state: ConversationState): Decision =>
  aboutLivingMessage(state, command, ({ sequence, messageId }, { pins }) => {
    if (pins.has(sequence)) return alreadyInEffect
    if (pins.size >= limits.pins) return refuse({ _tag: 'TooManyPins', limit: limits.pins })
    return accept({ type: 'MessagePinned', data: { target: sequence, messageId } })
  })

/** A deleted message is no longer pinned: deleting took the pin with it. */
export const unpin = (command: Command<'UnpinMessage'>, state: ConversationState): Decision =>
  aboutMessage(state, command, ({ sequence, messageId }, { pins }) =>
    pins.has(sequence) ? accept({ type: 'MessageUnpinned', data: { target: sequence, messageId } }) : alreadyInEffect,
  )
