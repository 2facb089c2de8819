import { describe, it } from 'vitest'
import { derivedId, directConversationId } from '../../events/ids.js'
import { limits } from '../../events/limits.js'
import { deciderSpecification } from '../../test/support/decider-specification.js'
import {
  added, anna, annaAndBruno, bruno, carla, created, direct, directOfBoth, facts, group, left, message, removed, sent,
} from '../../test/support/conversation-history.js'
import type { ConversationCommand } from './commands.js'
import { conversationDecider } from './decider.js'

const { given } = deciderSpecification(conversationDecider)

type Create = Extract<ConversationCommand, { type: 'CreateConversation' }>
const createGroup: Create = {
  type: 'CreateConversation', actor: anna, conversation: group, kind: 'group', encryption: 'readable', history: 'shared', members: [bruno], name: undefined,
}
const openDirect: Create = { ...createGroup, kind: 'direct', conversation: direct }
const people = (count: number) => Array.from({ length: count }, (_, number) => derivedId('person', String(number)))

describe('creating a group', () => {
  it('its creator is its admin', () =>
    given().when(createGroup).then(created(), added(anna, 'admin'), added(bruno)))

  it('each member is added once, its creator too', () =>
    given()
      .when({ ...createGroup, encryption: 'e2ee', history: 'sinceJoin', members: [carla, anna, carla] })
      .then(created('e2ee', 'sinceJoin'), added(anna, 'admin'), added(carla)))

  it('a name is sealed under the conversation', () =>
    given()
      .when({ ...createGroup, members: [], name: { text: 'Choir' } })
      .then(
        created(),
        added(anna, 'admin'),
        { type: 'ConversationRenamed', data: { unit: group }, content: { text: 'Choir' } },
      ))

  it('an e2ee group takes no readable name', () =>
    given().when({ ...createGroup, encryption: 'e2ee', name: { text: 'Choir' } }).thenRejected({ _tag: 'OtherContentExpected', encryption: 'e2ee' }))

  it('a name too long in bytes is refused', () =>
    given()
      .when({ ...createGroup, name: { text: 'ü'.repeat(limits.nameBytes / 2 + 1) } })
      .thenRejected({ _tag: 'ContentTooLarge', bytes: limits.nameBytes + 2, limit: limits.nameBytes }))

  it('an e2ee group takes a thousand members, its creator among them', () =>
    given()
      .when({ ...createGroup, encryption: 'e2ee', members: people(limits.membersE2ee) })
      .thenRejected({ _tag: 'TooManyMembers', limit: limits.membersE2ee }))

  it('a group cannot take the id of a direct conversation of two others', () =>
    given().when({ ...createGroup, actor: carla, conversation: direct }).thenRejected({ _tag: 'GroupIdExpected' }))

  it('the same again by its creator changes nothing', () => given(...annaAndBruno()).when(createGroup).thenNothingHappened())

  it.each([{ encryption: 'e2ee' as const }, { history: 'sinceJoin' as const }, { actor: bruno }])('a member is told that it was created otherwise: %o', (other) =>
    given(...annaAndBruno()).when({ ...createGroup, ...other }).thenRejected({ _tag: 'CreatedOtherwise' }))

  it('E9: who is no member is not told that it is there', () => {
    given(...annaAndBruno()).when({ ...createGroup, actor: carla }).thenRejected({ _tag: 'ConversationAbsent' })
    given(...annaAndBruno(), removed(bruno)).when({ ...createGroup, actor: bruno }).thenRejected({ _tag: 'ConversationAbsent' })
    given(...annaAndBruno(), left(anna)).when(createGroup).thenRejected({ _tag: 'ConversationAbsent' })
  })
})

describe('opening a direct conversation', () => {
  it('both are plain members, and the history is shared', () =>
    given()
      .when({ ...openDirect, history: 'sinceJoin' })
      .then(created('readable', 'shared', 'direct'), added(anna), added(bruno)))

  it('whoever of the two opens it again finds it open', () => {
    given(...directOfBoth).when(openDirect).thenNothingHappened()
    given(...directOfBoth).when({ ...openDirect, actor: bruno, members: [anna], history: 'sinceJoin' }).thenNothingHappened()
  })

  it('its class is fixed by who opened it first', () =>
    given(...directOfBoth).when({ ...openDirect, actor: bruno, members: [anna], encryption: 'e2ee' }).thenRejected({ _tag: 'CreatedOtherwise' }))

  it('is between two', () => {
    given().when({ ...openDirect, members: [anna] }).thenRejected({ _tag: 'DirectNeedsOneOther' })
    given().when({ ...openDirect, members: [bruno, carla] }).thenRejected({ _tag: 'DirectNeedsOneOther' })
  })

  it('its id follows from the two', () =>
    given()
      .when({ ...openDirect, conversation: group })
      .thenRejected({ _tag: 'DirectIdExpected', conversation: directConversationId(bruno, anna) }))

  it('has no name', () => given().when({ ...openDirect, name: { text: 'Us' } }).thenRejected({ _tag: 'DirectIsFixed' }))
})

type Other = Exclude<ConversationCommand['type'], 'CreateConversation'>
const othersBy = (actor: string): { readonly [T in Other]: Extract<ConversationCommand, { type: T }> } => {
  const content = { text: 'a' }
  const about = { actor, target: facts(), reactionKey: 'key' }
  const uttered = { blocked: false, mentioned: [] }
  return {
    AddMembers: { type: 'AddMembers', actor, members: [carla] },
    RemoveMember: { type: 'RemoveMember', actor, userId: actor },
    LeaveConversation: { type: 'LeaveConversation', actor },
    ChangeRole: { type: 'ChangeRole', actor, userId: actor, role: 'admin' },
    RenameConversation: { type: 'RenameConversation', actor, conversation: group, name: content },
    SendMessage: { type: 'SendMessage', actor, messageId: message, content, replyTo: undefined, story: undefined, envelope: undefined, ...uttered },
    EditMessage: { ...about, ...uttered, type: 'EditMessage', content, envelope: undefined },
    DeleteMessage: { ...about, type: 'DeleteMessage' },
    React: { ...about, type: 'React', reaction: content, blocked: false },
    Unreact: { ...about, type: 'Unreact' },
    PinMessage: { ...about, type: 'PinMessage' },
    UnpinMessage: { ...about, type: 'UnpinMessage' },
  }
}

describe.each(Object.keys(othersBy(anna)) as ReadonlyArray<Other>)('%s', (type) => {
  it('finds nothing where nothing was created', () => given().when(othersBy(anna)[type]).thenRejected({ _tag: 'ConversationAbsent' }))

  it('E9: is for members', () =>
    given(...annaAndBruno(), sent(message)).when(othersBy(carla)[type]).thenRejected({ _tag: 'NotAMember' }))

  it('E9: a removed member is a stranger', () =>
    given(...annaAndBruno(), sent(message), removed(bruno)).when(othersBy(bruno)[type]).thenRejected({ _tag: 'NotAMember' }))
})
