import { describe, it } from 'vitest'
import { limits } from '../../events/limits.js'
import type { Envelope } from '../../events/schemas/common.js'
import { deciderSpecification } from '../../test/support/decider-specification.js'
import {
  added, anna, annaAndBruno, bruno, carla, created, directOfBoth, facts, message, removed, sent,
} from '../../test/support/conversation-history.js'
import type { ConversationCommand } from './commands.js'
import { conversationDecider } from './decider.js'

const { given } = deciderSpecification(conversationDecider)
const stranger = '01890a5d-ac96-774b-bcce-b302099a8059'
const text = { text: 'grüße' }
const ciphertext = { ciphertext: 'c2VjcmV0' }
const underCounter = 'the handler answers a retry by its counter'
const envelope: Envelope = { version: 1, epoch: 0, step: 0, counter: 1, nonce: 'n', commitment: 'c', signature: 's' }
const epochStarted = (epoch: number) => ({ type: 'KeyEpochStarted', data: { epoch, wraps: 'w', signature: 's' } }) as const
const target = { target: 3, messageId: message }

/** Bruno's message at revision 3. */
const withMessage = [...annaAndBruno(), sent(message)]
/** Carla joined at revision 4 and sees nothing before. */
const carlaCameLater = [...annaAndBruno('readable', 'sinceJoin'), sent(message), added(carla)]

describe('sending a message', () => {
  const send: Extract<ConversationCommand, { type: 'SendMessage' }> = {
    type: 'SendMessage', actor: bruno, messageId: message, content: text, replyTo: undefined, envelope: undefined,
    mentioned: [], story: undefined, blocked: false,
  }
  const data = { messageId: message, unit: message }

  it('a member sends; the message is its own unit', () => {
    given(...annaAndBruno()).when(send).thenEachTime([{ type: 'MessageSent', data, content: text }], underCounter)
    given(...directOfBoth).when(send).thenEachTime([{ type: 'MessageSent', data, content: text }], underCounter)
  })

  it('a removed member cannot post', () => given(...annaAndBruno(), removed(bruno)).when(send).thenRejected({ _tag: 'NotAMember' }))

  it('an answer names what it answers, also when that was deleted meanwhile', () => {
    for (const replyTo of [facts(), facts({ deleted: true })]) {
      given(...withMessage).when({ ...send, replyTo }).thenEachTime([{ type: 'MessageSent', data: { ...data, replyTo: 3, replyToSender: bruno }, content: text }], underCounter)
    }
  })

  it('what is not there cannot be answered', () => given(...withMessage).when({ ...send, replyTo: 'absent' }).thenRejected({ _tag: 'MessageAbsent' }))

  it('E9: what the sender may not read cannot be answered', () =>
    given(...carlaCameLater).when({ ...send, actor: carla, replyTo: facts() }).thenRejected({ _tag: 'MessageAbsent' }))

  it('each class of conversation takes its own kind of content', () => {
    given(...annaAndBruno()).when({ ...send, content: ciphertext }).thenRejected({ _tag: 'OtherContentExpected', encryption: 'readable' })
    given(...annaAndBruno('e2ee')).when(send).thenRejected({ _tag: 'OtherContentExpected', encryption: 'e2ee' })
    given(...annaAndBruno('e2ee')).when({ ...send, content: ciphertext }).thenEachTime([{ type: 'MessageSent', data, content: ciphertext }], underCounter)
  })

  it('content is measured in bytes of UTF-8', () => {
    const limit = limits.contentBytes
    const fits = { text: 'ü'.repeat(limit / 2) }
    given(...annaAndBruno()).when({ ...send, content: fits }).thenEachTime([{ type: 'MessageSent', data, content: fits }], underCounter)
    given(...annaAndBruno()).when({ ...send, content: { text: `${fits.text}.` } }).thenRejected({ _tag: 'ContentTooLarge', bytes: limit + 1, limit })
  })

  it('a ciphertext is measured decoded', () => {
    const limit = limits.contentBytes
    const of = (bytes: number) => ({ ciphertext: Buffer.alloc(bytes).toString('base64url') })
    given(...annaAndBruno('e2ee')).when({ ...send, content: of(limit) }).thenEachTime([{ type: 'MessageSent', data, content: of(limit) }], underCounter)
    given(...annaAndBruno('e2ee')).when({ ...send, content: of(limit + 1) }).thenRejected({ _tag: 'ContentTooLarge', bytes: limit + 1, limit })
  })

  it('E10: an envelope of an older or later epoch is refused', () => {
    const inSecond = given(...annaAndBruno('e2ee'), epochStarted(1), epochStarted(2))
    const sealed = { ...send, content: ciphertext }
    inSecond.when({ ...sealed, envelope: { ...envelope, epoch: 2 } }).thenEachTime([{ type: 'MessageSent', data: { ...data, envelope: { ...envelope, epoch: 2 } }, content: ciphertext }], underCounter)
    for (const epoch of [1, 3]) inSecond.when({ ...sealed, envelope: { ...envelope, epoch } }).thenRejected({ _tag: 'EpochExpected', epoch: 2 })
  })

  it('M2: members who are named are to be notified, in the order of the text; others and the sender are not', () => {
    given(...annaAndBruno(), added(carla), removed(carla))
      .when({ ...send, mentioned: [stranger, anna, bruno, carla] })
      .thenEachTime([{ type: 'MessageSent', data: { ...data, mentions: [anna] }, content: text }], underCounter)
    given(...annaAndBruno(), added(carla))
      .when({ ...send, mentioned: [carla, anna] })
      .thenEachTime([{ type: 'MessageSent', data: { ...data, mentions: [carla, anna] }, content: text }], underCounter)
    given(...annaAndBruno()).when({ ...send, mentioned: [bruno, stranger] }).thenEachTime([{ type: 'MessageSent', data, content: text }], underCounter)
  })

  it('P4: between two of whom one blocked the other nothing is said', () =>
    given(...directOfBoth).when({ ...send, blocked: true }).thenRejected({ _tag: 'Blocked' }))

  it('a story is answered in the direct conversation with its author, by who may see it', () => {
    const story = { reference: { author: anna, storyId: message }, visible: true }
    given(...directOfBoth).when({ ...send, story }).thenEachTime([{ type: 'MessageSent', data: { ...data, story: story.reference }, content: text }], underCounter)
    given(...directOfBoth).when({ ...send, story: { ...story, visible: false } }).thenRejected({ _tag: 'StoryAbsent' })
    given(...directOfBoth).when({ ...send, actor: anna, story }).thenRejected({ _tag: 'StoryAbsent' })
    given(...directOfBoth).when({ ...send, story: { ...story, reference: { author: carla, storyId: message } } }).thenRejected({ _tag: 'StoryAbsent' })
    given(...annaAndBruno()).when({ ...send, story }).thenRejected({ _tag: 'StoryAbsent' })
  })

  it('a readable conversation has no envelopes', () =>
    given(...annaAndBruno()).when({ ...send, envelope }).thenRejected({ _tag: 'OtherContentExpected', encryption: 'readable' }))
})

describe('editing a message', () => {
  const edit: Extract<ConversationCommand, { type: 'EditMessage' }> = { type: 'EditMessage', actor: bruno, target: facts(), content: text, envelope: undefined, mentioned: [], blocked: false }
  const why = `the content as it stands is sealed: nothing to compare with; ${underCounter}`

  it('its sender edits it, under its own unit', () =>
    given(...withMessage).when(edit).thenEachTime([{ type: 'MessageEdited', data: { ...target, unit: message }, content: text }], why))

  it('M5: an edit mentions those whom the message did not mention before', () => {
    const before = facts({ mentions: new Map([[anna, 3]]) })
    given(...withMessage, added(carla))
      .when({ ...edit, target: before, mentioned: [anna, carla, bruno, stranger] })
      .thenEachTime([{ type: 'MessageEdited', data: { ...target, unit: message, mentions: [carla] }, content: text }], why)
    given(...withMessage).when({ ...edit, target: before, mentioned: [anna] }).thenEachTime([{ type: 'MessageEdited', data: { ...target, unit: message }, content: text }], why)
  })

  it('E9: who cannot read the message is not told of it', () =>
    given(...carlaCameLater).when({ ...edit, mentioned: [carla, anna] })
      .thenEachTime([{ type: 'MessageEdited', data: { ...target, unit: message, mentions: [anna] }, content: text }], why))

  it('P4: between two of whom one blocked the other nothing is reworded', () =>
    given(...directOfBoth, sent(message)).when({ ...edit, blocked: true }).thenRejected({ _tag: 'Blocked' }))

  it('nobody else does, not even an admin', () => given(...withMessage).when({ ...edit, actor: anna }).thenRejected({ _tag: 'NotTheSender' }))

  it('a deleted message stays deleted', () =>
    given(...withMessage).when({ ...edit, target: facts({ deleted: true }) }).thenRejected({ _tag: 'MessageIsDeleted' }))

  it('a message that is not there cannot be edited', () => given(...withMessage).when({ ...edit, target: undefined }).thenRejected({ _tag: 'MessageAbsent' }))

  it('E9: who left and came back to new history cannot reach what was said between', () =>
    given(...annaAndBruno('readable', 'sinceJoin'), removed(bruno), sent(message), added(bruno))
      .when({ ...edit, target: facts({ sequence: 4 }) })
      .thenRejected({ _tag: 'MessageAbsent' }))

  it('content and envelope are held to the same rules as a new message', () => {
    given(...withMessage).when({ ...edit, content: ciphertext }).thenRejected({ _tag: 'OtherContentExpected', encryption: 'readable' })
    given(...withMessage).when({ ...edit, envelope }).thenRejected({ _tag: 'OtherContentExpected', encryption: 'readable' })
    const e2ee = given(...annaAndBruno('e2ee'), sent(message), epochStarted(1))
    e2ee.when({ ...edit, content: ciphertext, envelope }).thenRejected({ _tag: 'EpochExpected', epoch: 1 })
    const now = { ...envelope, epoch: 1 }
    e2ee
      .when({ ...edit, content: ciphertext, envelope: now })
      .thenEachTime([{ type: 'MessageEdited', data: { ...target, unit: message, envelope: now }, content: ciphertext }], why)
  })
})

describe('deleting a message', () => {
  const remove: Extract<ConversationCommand, { type: 'DeleteMessage' }> = { type: 'DeleteMessage', actor: bruno, target: facts() }
  const deleted = { type: 'MessageDeleted', data: { ...target, unit: message } } as const
  const byFacts = 'that it is deleted comes with the facts about the message, which the handler loads anew'

  it('its sender or an admin deletes it', () => {
    given(...withMessage).when(remove).thenEachTime([deleted], byFacts)
    given(...withMessage).when({ ...remove, actor: anna }).thenEachTime([deleted], byFacts)
  })

  it('another plain member does not', () =>
    given(...withMessage, added(carla)).when({ ...remove, actor: carla }).thenRejected({ _tag: 'NotTheSender' }))

  it('in a direct conversation each deletes only their own', () =>
    given(...directOfBoth, sent(message)).when({ ...remove, actor: anna }).thenRejected({ _tag: 'NotTheSender' }))

  it('deleting again changes nothing', () => given(...withMessage, deleted).when({ ...remove, target: facts({ deleted: true }) }).thenNothingHappened())

  it('E9: an admin who may not read it does not know of it', () =>
    given(created('readable', 'sinceJoin'), added(bruno, 'admin'), sent(message), added(anna), { type: 'RoleChanged', data: { userId: anna, role: 'admin' } })
      .when({ ...remove, actor: anna, target: facts({ sequence: 2 }) })
      .thenRejected({ _tag: 'MessageAbsent' }))

  it('a message that is not there cannot be deleted', () =>
    given(...withMessage).when({ ...remove, target: undefined }).thenRejected({ _tag: 'MessageAbsent' }))
})
