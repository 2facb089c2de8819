import { describe, it } from 'vitest'
import { reactionName, storyReactionName } from '../../events/notifications.js'
import { derivedId } from '../../events/ids.js'
import type { AnyEvent } from '../../events/registry.js'
import { accountStream, conversationStream, receiptsStream, storiesStream, storyStream } from '../../events/streams.js'
import type { StreamName } from '../../events/event-store.js'
import { actor, projectionSpecification, recordedAt, recordedEvent } from '../../test/support/projection-specification.js'
import { notificationsProjection } from './project.js'
import type { NotificationsWrite } from './writes.js'

const { given } = projectionSpecification(notificationsProjection)
const [id, other, third, messageId, storyId] = [derivedId('n', 'id'), derivedId('n', 'other'), derivedId('n', 'third'), derivedId('n', 'message'), derivedId('n', 'story')]
const digest = 'd'.repeat(43)
const reaction = 'r'.repeat(22)
const position = String(107).padStart(20, '0')

const at = (stream: StreamName, type: AnyEvent['type'], data: object) => recordedEvent(stream, 7, { type, data } as unknown as AnyEvent)
const notice = (stream: StreamName, kind: string, account: string, about: object = {}) => ({
  op: 'notice', id: derivedId('notification', derivedId('spec', stream, '7'), kind, account), account, kind, actor, position, at: recordedAt, ...about,
}) as unknown as NotificationsWrite
const writes = (...all: ReadonlyArray<object>) => all as ReadonlyArray<NotificationsWrite>

describe('notifications: every event and what it writes', () => {
  const [conversation, account, receipts, stories] = [conversationStream(id), accountStream(actor), receiptsStream(id), storiesStream(actor)]
  const message = { conversation: id, sequence: 7, messageId }

  it('a message tells whom it mentions and whom it answers, never its sender', () => {
    given(at(conversation, 'MessageSent', { messageId, unit: messageId, digest, mentions: [other, actor, third], replyTo: 3, replyToSender: other }))
      .then(...[notice(conversation, 'mention', other, message), notice(conversation, 'mention', third, message), notice(conversation, 'reply', other, message)])
    given(at(conversation, 'MessageSent', { messageId, unit: messageId, digest, replyToSender: actor })).then()
  })

  it('M5: an edit tells those whom it names, of the message', () =>
    given(at(conversation, 'MessageEdited', { target: 3, messageId, unit: messageId, digest, mentions: [other] })).then(notice(conversation, 'mention', other, { ...message, sequence: 3 })))

  it('a reaction tells whose message it is, and is taken back under its name', () => {
    const name = reactionName(messageId, actor, reaction)
    given(at(conversation, 'ReactionAdded', { target: 3, messageId, unit: messageId, digest, reaction, messageSender: other }))
      .then(notice(conversation, 'reaction', other, { ...message, sequence: 3, reaction: name }))
    given(at(conversation, 'ReactionAdded', { target: 3, messageId, unit: messageId, digest, reaction })).then()
    given(at(conversation, 'ReactionRemoved', { target: 3, messageId, reaction })).then(...writes({ op: 'withdrawn', subject: name, position }))
  })

  it('a reaction to a story tells its author, in the place of the one before; taken back it goes', () => {
    const [story, name] = [storyStream(storyId), storyReactionName(storyId, actor)]
    const reacted = (author: string) => at(story, 'StoryReacted', { author, userId: actor, unit: storyId, digest, reaction })
    const [before] = writes({ op: 'withdrawn', subject: name, position })
    if (before === undefined) throw new Error('one')
    given(reacted(other)).then(notice(story, 'reaction', other, { storyId, reaction: name }), before)
    given(reacted(actor)).then(before)
    given(at(story, 'StoryUnreacted', { author: other, userId: actor })).then(before)
    given(at(story, 'StoryViewed', { author: other, viewer: actor })).then()
  })

  it('being added, followed, mentioned in a story', () => {
    given(at(conversation, 'MemberAdded', { userId: other, role: 'member' })).then(notice(conversation, 'addedToConversation', other, { conversation: id, sequence: 7 }))
    given(at(conversation, 'MemberAdded', { userId: actor, role: 'admin' })).then()
    given(at(account, 'UserFollowed', { userId: other })).then(notice(account, 'follower', other))
    given(at(stories, 'StoryPosted', { storyId, tier: 'public', unit: storyId, digest, mentions: [other, actor] })).then(notice(stories, 'storyMention', other, { storyId }))
    given(at(stories, 'StoryPosted', { storyId, tier: 'public', unit: storyId, digest })).then()
  })

  it('T3: what ends takes along what is about it', () => {
    given(at(conversation, 'MessageDeleted', { target: 3, messageId, unit: messageId })).then(...writes({ op: 'withdrawn', subject: messageId, position }))
    for (const type of ['StoryDeleted', 'StoryExpired'] as const) given(at(stories, type, { storyId, unit: storyId })).then(...writes({ op: 'withdrawn', subject: storyId, position }))
  })

  it('M5: silences', () => {
    const silence = (whose: string, of: string, subject: string, silent: boolean) => ({ op: 'silence', account: whose, of, subject, silent, position })
    given(at(account, 'NotificationsChanged', { kind: 'reply', enabled: false })).then(...writes(silence(actor, 'kind', 'reply', true)))
    given(at(account, 'NotificationsChanged', { kind: 'reply', enabled: true })).then(...writes(silence(actor, 'kind', 'reply', false)))
    given(at(account, 'UserBlocked', { userId: other })).then(...writes(silence(actor, 'block', other, true), silence(other, 'blockedBy', actor, true)))
    given(at(account, 'UserUnblocked', { userId: other })).then(...writes(silence(actor, 'block', other, false), silence(other, 'blockedBy', actor, false)))
    given(at(receipts, 'MuteChanged', { userId: other, muted: true })).then(...writes(silence(other, 'conversation', id, true)))
  })

  it('a mark reaches its own event at most', () => {
    const marks = receiptsStream(other)
    given(at(marks, 'NotificationsRead', { through: '00000000000000000042', cleared: false })).then(...writes({ op: 'read', account: other, through: '00000000000000000042', cleared: false }))
    given(at(marks, 'NotificationsRead', { through: 'zzz', cleared: true })).then(...writes({ op: 'read', account: other, through: position, cleared: true }))
  })

  it('all else writes nothing', () => {
    given(at(receipts, 'ReadAdvanced', { userId: other, through: 3 })).then()
    given(at(conversation, 'MemberLeft', { userId: other })).then()
    given(at(account, 'DeviceRevoked', { deviceId: other })).then()
  })
})
