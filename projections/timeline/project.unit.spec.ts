import { describe, expect, it } from 'vitest'
import type { ConversationEvent } from '../../events/registry.js'
import { anEvent, conversation, conversationTypes, messageId, reaction } from '../../test/support/conversation-events.js'
import { actor, projectionSpecification } from '../../test/support/projection-specification.js'
import { timelineProjection } from './project.js'
import type { MessageChange, TimelineWrite } from './writes.js'

const { given } = projectionSpecification(timelineProjection)

const change = (aspect: MessageChange['aspect'], stands = true): MessageChange => ({
  target: 3, aspect, stands, reaction: aspect === 'reaction' ? { userId: actor, key: reaction } : undefined,
})

const expected: { readonly [Type in ConversationEvent['type']]: Partial<TimelineWrite> } = {
  ConversationCreated: {},
  MemberAdded: {},
  MemberRemoved: {},
  MemberLeft: {},
  RoleChanged: {},
  ConversationRenamed: {},
  KeyEpochStarted: {},
  MessageSent: { message: { messageId, sender: actor } },
  MessageEdited: { change: change('content') },
  MessageDeleted: { change: change('deletion') },
  ReactionAdded: { change: change('reaction') },
  ReactionRemoved: { change: change('reaction', false) },
  MessagePinned: { change: change('pin') },
  MessageUnpinned: { change: change('pin', false) },
}

describe('the timeline keeps every event, byte for byte', () => {
  it.each(conversationTypes)('%s', (type) => {
    const recorded = anEvent(type, 7)
    given(recorded).then({ conversation, sequence: 7, recorded, message: undefined, change: undefined, ...expected[type] })
  })

  it('opens nothing', () => expect(timelineProjection.opens).toEqual([]))
})
