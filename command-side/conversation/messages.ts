import { limits } from '../../events/limits.js'
import { contentFlaw, envelopeFlaw } from './content.js'
import {
  aboutLivingMessage, aboutMessage, accept, alreadyInEffect, asMember, mayReadMessage, refuse, type Command, type Decision,
} from './decision.js'
import type { ConversationRejection } from './rejections.js'
import type { ConversationState, Open } from './state.js'

const bodyFlaw = (conversation: Open, { content, envelope }: Pick<Command<'SendMessage'>, 'content' | 'envelope'>): ConversationRejection | undefined =>
  contentFlaw(conversation.encryption, content, limits.contentBytes) ?? envelopeFlaw(conversation, envelope)

/**
 * An answer to a message that was deleted meanwhile is still sent, as it would be by Signal or WhatsApp: what its
 * sender wrote must not be lost because someone else was quicker.
 */
export const send = (command: Command<'SendMessage'>, state: ConversationState): Decision =>
  asMember(state, command.actor, (conversation) => {
    const { actor, messageId, content, replyTo, envelope } = command
    if (replyTo === 'absent' || (replyTo !== undefined && !mayReadMessage(conversation, actor, replyTo))) return refuse({ _tag: 'MessageAbsent' })
    const flaw = bodyFlaw(conversation, command)
    if (flaw !== undefined) return refuse(flaw)
    return accept({
      type: 'MessageSent',
      data: { messageId, unit: messageId, ...(replyTo && { replyTo: replyTo.sequence }), ...(envelope && { envelope }) },
      content,
    })
  })

/** Only the sender changes what was said; admins may delete, never reword. */
export const edit = (command: Command<'EditMessage'>, state: ConversationState): Decision =>
  aboutMessage(state, command, (target, conversation) => {
    if (target.sender !== command.actor) return refuse({ _tag: 'NotTheSender' })
    if (target.deleted) return refuse({ _tag: 'MessageIsDeleted' })
    const flaw = bodyFlaw(conversation, command)
    if (flaw !== undefined) return refuse(flaw)
    const { content, envelope } = command
    return accept({
      type: 'MessageEdited',
      data: { target: target.sequence, messageId: target.messageId, unit: target.unit, ...(envelope && { envelope }) },
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
  aboutLivingMessage(state, command, ({ sequence, messageId, unit }, { encryption }) => {
    const flaw = contentFlaw(encryption, command.reaction, limits.reactionBytes)
    if (flaw !== undefined) return refuse(flaw)
    if (stands(command)) return alreadyInEffect
    if (reactionsBy(command) >= limits.reactionsPerMember) return refuse({ _tag: 'TooManyReactions', limit: limits.reactionsPerMember })
    const data = { target: sequence, messageId, unit, reaction: command.reactionKey }
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
