import type { Decoded } from './codec.js'
import type { Position, RecordedEvent } from './event-store.js'
import { derivedId } from './ids.js'
import type { NotificationKind } from './schemas/common.js'
import { streamId } from './streams.js'

interface About {
  readonly conversation?: string
  /** Of the message that it is about; where it is about none, of the event. */
  readonly sequence?: number
  readonly messageId?: string
  readonly storyId?: string
  /** Names one reaction of one member to one message, however often it is given and taken back. */
  readonly reaction?: string
}

/** That an account is to be told of an event. */
export interface Notice extends About {
  readonly id: string
  readonly account: string
  readonly kind: NotificationKind
  /** Who did it. */
  readonly actor: string
  readonly position: Position
  readonly at: number
}

/** A viewer has one reaction to a story: the next one takes its place. */
export const storyReactionName = (storyId: string, actor: string): string => derivedId('story reaction', storyId, actor)

/** The same reaction has the same name in what adds and what removes it. */
export const reactionName = (messageId: string, actor: string, reaction: string): string => derivedId('reaction', messageId, actor, reaction)

type Told = readonly [kind: NotificationKind, account: string | undefined, about: About]

const toldBy = (event: Decoded): ReadonlyArray<Told> => {
  const { revision: sequence, metadata: { actor } } = event
  const id = streamId(event.stream)
  switch (event.type) {
    case 'MessageSent': {
      const { messageId, mentions = [], replyToSender } = event.data
      const about = { conversation: id, sequence, messageId }
      return [...mentions.map((account): Told => ['mention', account, about]), ['reply', replyToSender, about]]
    }
    case 'MessageEdited': {
      const { messageId, target, mentions = [] } = event.data
      return mentions.map((account): Told => ['mention', account, { conversation: id, sequence: target, messageId }])
    }
    case 'ReactionAdded': {
      const { messageId, target, messageSender, reaction } = event.data
      return [['reaction', messageSender, { conversation: id, sequence: target, messageId, reaction: reactionName(messageId, actor, reaction) }]]
    }
    case 'MemberAdded':
      return [['addedToConversation', event.data.userId, { conversation: id, sequence }]]
    case 'UserFollowed':
      return [['follower', event.data.userId, {}]]
    case 'StoryPosted':
      return (event.data.mentions ?? []).map((account): Told => ['storyMention', account, { storyId: event.data.storyId }])
    case 'StoryReacted':
      return [['reaction', event.data.author, { storyId: id, reaction: storyReactionName(id, actor) }]]
    default:
      return []
  }
}

const always: ReadonlySet<string> = new Set(['ReactionAdded', 'StoryReacted', 'MemberAdded', 'UserFollowed'])
const byField: ReadonlySet<string> = new Set(['MessageSent', 'MessageEdited', 'StoryPosted'])
const fields = ['"mentions"', '"replyToSender"']

/** Whether the event may tell anybody: false without decoding for nearly all messages, so that whoever sees every event can ask. */
export const mayTell = ({ type, data }: Pick<RecordedEvent, 'type' | 'data'>): boolean => {
  if (!byField.has(type)) return always.has(type)
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength)
  return fields.some((field) => bytes.includes(field))
}

/** Who is to be told of an event, nobody of what they did themselves. Pure: the same event gives the same ids, for ever. */
export const noticesOf = (event: Decoded): ReadonlyArray<Notice> => {
  const { id, position, metadata: { actor, recordedAt: at } } = event
  return toldBy(event).flatMap(([kind, account, about]) =>
    account === undefined || account === actor ? [] : [{ ...about, id: derivedId('notification', id, kind, account), account, kind, actor, position, at }])
}
