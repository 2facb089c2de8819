import { describe, it } from 'vitest'
import { anEvent, conversation, conversationTypes, userId } from '../../test/support/conversation-events.js'
import { projectionSpecification, recordedAt } from '../../test/support/projection-specification.js'
import { membersProjection } from './project.js'

const { given } = projectionSpecification(membersProjection)
const turn = (event: ReturnType<typeof anEvent>) => ({ conversation, userId, revision: Number(event.revision), position: event.position, at: recordedAt })

describe('members', () => {
  it('ConversationCreated says what the conversation is', () =>
    given(anEvent('ConversationCreated', 0)).then({ op: 'created', conversation, kind: 'group', encryption: 'readable', history: 'sinceJoin' }))

  it('MemberAdded begins reading at the beginning or there, by the history', () => {
    const added = anEvent('MemberAdded', 6)
    given(added).then({ op: 'added', role: 'member', from: { shared: 0, sinceJoin: 6 }, ...turn(added) })
  })

  it('the creator, added first, reads from the beginning in any case', () => {
    const added = anEvent('MemberAdded', 1)
    given(added).then({ op: 'added', role: 'member', from: { shared: 0, sinceJoin: 0 }, ...turn(added) })
  })

  it.each(['MemberRemoved', 'MemberLeft'] as const)('%s ends reading there', (type) => {
    const removed = anEvent(type, 6)
    given(removed).then({ op: 'removed', ...turn(removed) })
  })

  it('RoleChanged changes the role alone', () =>
    given(anEvent('RoleChanged', 6)).then({ op: 'role', conversation, userId, role: 'admin', revision: 6 }))

  const shown = ['ConversationCreated', 'MemberAdded', 'MemberRemoved', 'MemberLeft', 'RoleChanged']
  it.each(conversationTypes.filter((type) => !shown.includes(type)))('%s changes nobody', (type) => given(anEvent(type, 6)).then())
})
