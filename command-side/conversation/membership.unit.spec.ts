import { describe, it } from 'vitest'
import { derivedId } from '../../events/ids.js'
import { limits } from '../../events/limits.js'
import { deciderSpecification } from '../../test/support/decider-specification.js'
import {
  added, anna, annaAndBruno, bruno, carla, created, directOfBoth, group, left, removed, roleChanged,
} from '../../test/support/conversation-history.js'
import { conversationDecider } from './decider.js'

const { given } = deciderSpecification(conversationDecider)

describe('adding members', () => {
  it('an admin adds who is not there yet', () =>
    given(...annaAndBruno()).when({ type: 'AddMembers', actor: anna, members: [bruno, carla, carla, anna] }).then(added(carla)))

  it('a removed member comes back as a plain member', () =>
    given(...annaAndBruno(), roleChanged(bruno, 'admin'), removed(bruno)).when({ type: 'AddMembers', actor: anna, members: [bruno] }).then(added(bruno)))

  it('a plain member adds nobody', () =>
    given(...annaAndBruno()).when({ type: 'AddMembers', actor: bruno, members: [carla] }).thenRejected({ _tag: 'NotAnAdmin' }))

  it('nobody joins a direct conversation', () =>
    given(...directOfBoth).when({ type: 'AddMembers', actor: anna, members: [carla] }).thenRejected({ _tag: 'DirectIsFixed' }))

  it('adding members changes nothing', () =>
    given(...annaAndBruno()).when({ type: 'AddMembers', actor: anna, members: [bruno, anna] }).thenNothingHappened())

  describe.each([['e2ee', limits.membersE2ee], ['readable', limits.membersReadable]] as const)('to a full %s group', (encryption, limit) => {
    const others = Array.from({ length: limit - 2 }, (_, number) => added(derivedId('person', String(number))))
    const full = [...annaAndBruno(encryption), ...others]

    it('is refused', () => given(...full).when({ type: 'AddMembers', actor: anna, members: [carla] }).thenRejected({ _tag: 'TooManyMembers', limit }))
    it('is possible again once someone has left', () =>
      given(...full, left(bruno)).when({ type: 'AddMembers', actor: anna, members: [carla] }).then(added(carla)))
    it('changes nothing for who is there', () => given(...full).when({ type: 'AddMembers', actor: anna, members: [bruno] }).thenNothingHappened())
  })
})

describe('removing a member', () => {
  it('an admin removes a member', () =>
    given(...annaAndBruno()).when({ type: 'RemoveMember', actor: anna, userId: bruno }).then(removed(bruno)))

  it('a plain member removes nobody else', () =>
    given(...annaAndBruno(), added(carla)).when({ type: 'RemoveMember', actor: bruno, userId: carla }).thenRejected({ _tag: 'NotAnAdmin' }))

  it('nobody is removed from a direct conversation', () =>
    given(...directOfBoth).when({ type: 'RemoveMember', actor: anna, userId: bruno }).thenRejected({ _tag: 'DirectIsFixed' }))

  it('who is gone or was never there stays so', () => {
    given(...annaAndBruno(), left(bruno)).when({ type: 'RemoveMember', actor: anna, userId: bruno }).thenNothingHappened()
    given(...annaAndBruno()).when({ type: 'RemoveMember', actor: anna, userId: carla }).thenNothingHappened()
  })

  it('removing oneself is leaving, also for a plain member', () =>
    given(...annaAndBruno())
      .when({ type: 'RemoveMember', actor: bruno, userId: bruno })
      .thenEachTime([left(bruno)], 'afterwards the actor is no member; the handler answers a retry by its counter'))
})

const whoHasLeft = 'who has left is no member; the handler answers a retry by its counter'

describe('leaving', () => {
  it('a member leaves', () => given(...annaAndBruno()).when({ type: 'LeaveConversation', actor: bruno }).thenEachTime([left(bruno)], whoHasLeft))

  it('an admin among several leaves without more ado', () =>
    given(...annaAndBruno(), roleChanged(bruno, 'admin')).when({ type: 'LeaveConversation', actor: anna }).thenEachTime([left(anna)], whoHasLeft))

  it('the last admin hands over to the longest-standing member', () =>
    given(...annaAndBruno(), added(carla))
      .when({ type: 'LeaveConversation', actor: anna })
      .thenEachTime([roleChanged(bruno, 'admin'), left(anna)], whoHasLeft))

  it('a stay that was broken off counts from its new beginning', () =>
    given(...annaAndBruno(), added(carla), removed(bruno), added(bruno))
      .when({ type: 'LeaveConversation', actor: anna })
      .thenEachTime([roleChanged(carla, 'admin'), left(anna)], whoHasLeft))

  it('a change of role is not a new beginning', () =>
    given(...annaAndBruno(), added(carla), roleChanged(bruno, 'admin'), roleChanged(bruno, 'member'))
      .when({ type: 'LeaveConversation', actor: anna })
      .thenEachTime([roleChanged(bruno, 'admin'), left(anna)], whoHasLeft))

  it('nobody takes over from the last member', () =>
    given(...annaAndBruno(), removed(bruno)).when({ type: 'LeaveConversation', actor: anna }).thenEachTime([left(anna)], whoHasLeft))

  it('nobody leaves a direct conversation', () =>
    given(...directOfBoth).when({ type: 'LeaveConversation', actor: anna }).thenRejected({ _tag: 'DirectIsFixed' }))

  it('who has left cannot leave again', () =>
    given(...annaAndBruno(), left(bruno)).when({ type: 'LeaveConversation', actor: bruno }).thenRejected({ _tag: 'NotAMember' }))
})

describe('changing a role', () => {
  it('an admin makes an admin', () =>
    given(...annaAndBruno()).when({ type: 'ChangeRole', actor: anna, userId: bruno, role: 'admin' }).then(roleChanged(bruno, 'admin')))

  it('an admin among several may step back', () =>
    given(...annaAndBruno(), roleChanged(bruno, 'admin'))
      .when({ type: 'ChangeRole', actor: anna, userId: anna, role: 'member' })
      .thenEachTime([roleChanged(anna, 'member')], 'afterwards the actor is no admin; the handler answers a retry by its counter'))

  it('the last admin does not step back', () =>
    given(...annaAndBruno()).when({ type: 'ChangeRole', actor: anna, userId: anna, role: 'member' }).thenRejected({ _tag: 'LastAdmin' }))

  it('an admin who was removed leaves the last one the last', () =>
    given(...annaAndBruno(), roleChanged(bruno, 'admin'), removed(bruno))
      .when({ type: 'ChangeRole', actor: anna, userId: anna, role: 'member' })
      .thenRejected({ _tag: 'LastAdmin' }))

  it('a plain member changes no role', () =>
    given(...annaAndBruno()).when({ type: 'ChangeRole', actor: bruno, userId: bruno, role: 'admin' }).thenRejected({ _tag: 'NotAnAdmin' }))

  it('who is no member has no role', () =>
    given(...annaAndBruno()).when({ type: 'ChangeRole', actor: anna, userId: carla, role: 'admin' }).thenRejected({ _tag: 'MemberAbsent', userId: carla }))

  it('there are no roles in a direct conversation', () =>
    given(...directOfBoth).when({ type: 'ChangeRole', actor: anna, userId: anna, role: 'admin' }).thenRejected({ _tag: 'DirectIsFixed' }))

  it('the same role again changes nothing', () =>
    given(...annaAndBruno()).when({ type: 'ChangeRole', actor: anna, userId: bruno, role: 'member' }).thenNothingHappened())
})

describe('renaming', () => {
  const name = { text: 'Choir' }
  const renamed = { type: 'ConversationRenamed', data: { unit: group } } as const

  it('an admin renames the group', () =>
    given(...annaAndBruno(), renamed)
      .when({ type: 'RenameConversation', actor: anna, conversation: group, name })
      .thenEachTime([{ ...renamed, content: name }], 'the present name is sealed: nothing to compare with'))

  it('a plain member does not', () =>
    given(...annaAndBruno()).when({ type: 'RenameConversation', actor: bruno, conversation: group, name }).thenRejected({ _tag: 'NotAnAdmin' }))

  it('a direct conversation has no name', () =>
    given(...directOfBoth).when({ type: 'RenameConversation', actor: anna, conversation: group, name }).thenRejected({ _tag: 'DirectIsFixed' }))

  it('an e2ee group takes a ciphertext within the limit only', () => {
    const e2ee = given(created('e2ee'), added(anna, 'admin'))
    e2ee.when({ type: 'RenameConversation', actor: anna, conversation: group, name }).thenRejected({ _tag: 'OtherContentExpected', encryption: 'e2ee' })
    e2ee
      .when({ type: 'RenameConversation', actor: anna, conversation: group, name: { ciphertext: Buffer.alloc(limits.nameBytes + 1).toString('base64url') } })
      .thenRejected({ _tag: 'ContentTooLarge', bytes: limits.nameBytes + 1, limit: limits.nameBytes })
  })
})
