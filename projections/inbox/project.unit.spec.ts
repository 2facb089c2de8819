import { describe, it } from 'vitest'
import { anEvent, conversation, conversationTypes } from '../../test/support/conversation-events.js'
import { projectionSpecification, recordedAt } from '../../test/support/projection-specification.js'
import { inboxProjection } from './project.js'

const { given } = projectionSpecification(inboxProjection)
const activities = ['ConversationCreated', 'MemberAdded', 'MemberRemoved', 'MemberLeft', 'ConversationRenamed', 'MessageSent']

describe('the inbox writes one row an event, whatever the number of members', () => {
  it.each(conversationTypes)('%s', (type) => {
    const event = anEvent(type, 7)
    given(event).then({
      conversation, sequence: 7, position: event.position, at: recordedAt,
      activity: activities.includes(type), message: type === 'MessageSent', name: type === 'ConversationRenamed',
    })
  })
})
