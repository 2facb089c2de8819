import { describe, it } from 'vitest'
import { limits } from '../../events/limits.js'
import { deciderSpecification } from '../../test/support/decider-specification.js'
import { added, anna, annaAndBruno, bruno, carla, directOfBoth, facts, message, sent } from '../../test/support/conversation-history.js'
import type { ConversationCommand } from './commands.js'
import { conversationDecider } from './decider.js'

const { given } = deciderSpecification(conversationDecider)
const withMessage = [...annaAndBruno(), sent(message)]
const carlaCameLater = [...annaAndBruno('readable', 'sinceJoin'), sent(message), added(carla)]
const target = { target: 3, messageId: message }
const pinned = (sequence = 3) => ({ type: 'MessagePinned', data: { target: sequence, messageId: message } }) as const
const unpinned = { type: 'MessageUnpinned', data: target } as const
const byFacts = 'which reactions stand comes with the facts about the message, which the handler loads anew'

describe('reacting', () => {
  const reaction = { text: '👍' }
  const react: Extract<ConversationCommand, { type: 'React' }> = { type: 'React', actor: anna, target: facts(), reaction, reactionKey: 'thumb', blocked: false }

  it("a member reacts, under the message's unit", () =>
    given(...withMessage)
      .when(react)
      .thenEachTime([{ type: 'ReactionAdded', data: { ...target, unit: message, messageSender: bruno, reaction: 'thumb' }, content: reaction }], byFacts))

  it('the same reaction of someone else is another', () =>
    given(...withMessage)
      .when({ ...react, target: facts({ reactions: new Set([`${bruno}:thumb`]) }) })
      .thenEachTime([{ type: 'ReactionAdded', data: { ...target, unit: message, messageSender: bruno, reaction: 'thumb' }, content: reaction }], byFacts))

  it('reacting alike twice changes nothing', () =>
    given(...withMessage).when({ ...react, target: facts({ reactions: new Set([`${anna}:thumb`]) }) }).thenNothingHappened())

  it('a member has so many reactions on a message and no more; those of others do not count', () => {
    const by = (userId: string, count: number) => Array.from({ length: count }, (_, at) => `${userId}:${String(at)}`)
    const full = facts({ reactions: new Set(by(anna, limits.reactionsPerMember)) })
    const room = facts({ reactions: new Set([...by(anna, limits.reactionsPerMember - 1), ...by(bruno, limits.reactionsPerMember)]) })
    given(...withMessage).when({ ...react, target: full }).thenRejected({ _tag: 'TooManyReactions', limit: limits.reactionsPerMember })
    given(...withMessage)
      .when({ ...react, target: room })
      .thenEachTime([{ type: 'ReactionAdded', data: { ...target, unit: message, messageSender: bruno, reaction: 'thumb' }, content: reaction }], byFacts)
  })

  it('P4: between two of whom one blocked the other nobody reacts', () =>
    given(...withMessage).when({ ...react, blocked: true }).thenRejected({ _tag: 'Blocked' }))

  it('a deleted message takes no reaction', () =>
    given(...withMessage).when({ ...react, target: facts({ deleted: true }) }).thenRejected({ _tag: 'MessageIsDeleted' }))

  it('E9: a message from before joining is not there', () => {
    given(...carlaCameLater).when({ ...react, actor: carla }).thenRejected({ _tag: 'MessageAbsent' })
    given(...withMessage).when({ ...react, target: undefined }).thenRejected({ _tag: 'MessageAbsent' })
  })

  it('a reaction is short, and of the kind of the conversation', () => {
    const limit = limits.reactionBytes
    given(...withMessage).when({ ...react, reaction: { text: 'a'.repeat(limit + 1) } }).thenRejected({ _tag: 'ContentTooLarge', bytes: limit + 1, limit })
    given(...annaAndBruno('e2ee'), sent(message)).when(react).thenRejected({ _tag: 'OtherContentExpected', encryption: 'e2ee' })
  })
})

describe('taking a reaction back', () => {
  const reacted = facts({ reactions: new Set([`${anna}:thumb`]) })
  const unreact: Extract<ConversationCommand, { type: 'Unreact' }> = { type: 'Unreact', actor: anna, target: reacted, reactionKey: 'thumb' }

  it('who reacted takes it back', () =>
    given(...withMessage).when(unreact).thenEachTime([{ type: 'ReactionRemoved', data: { ...target, reaction: 'thumb' } }], byFacts))

  it("nobody takes back another's", () => given(...withMessage).when({ ...unreact, actor: bruno }).thenNothingHappened())

  it('a reaction that does not stand is as good as taken back', () => given(...withMessage).when({ ...unreact, target: facts() }).thenNothingHappened())

  it('a deleted message has no reactions', () =>
    given(...withMessage).when({ ...unreact, target: facts({ deleted: true }) }).thenRejected({ _tag: 'MessageIsDeleted' }))

  it('a message that is not there has none either', () =>
    given(...withMessage).when({ ...unreact, target: undefined }).thenRejected({ _tag: 'MessageAbsent' }))
})

describe('pinning', () => {
  const pin: Extract<ConversationCommand, { type: 'PinMessage' }> = { type: 'PinMessage', actor: bruno, target: facts() }

  it('every member pins, in groups and directly', () => {
    given(...withMessage).when(pin).then(pinned())
    given(...directOfBoth, sent(message)).when({ ...pin, actor: anna }).then(pinned())
  })

  it('pinning twice changes nothing, also when all pins are used', () => {
    const all = Array.from({ length: limits.pins }, (_, number) => pinned(3 + number))
    given(...withMessage, pinned()).when(pin).thenNothingHappened()
    given(...withMessage, ...all).when(pin).thenNothingHappened()
  })

  it('more pins than the limit are refused', () => {
    const all = Array.from({ length: limits.pins }, (_, number) => pinned(4 + number))
    given(...withMessage, ...all).when(pin).thenRejected({ _tag: 'TooManyPins', limit: limits.pins })
    given(...withMessage, ...all.slice(1)).when(pin).then(pinned())
  })

  it('a deleted message cannot be pinned', () => given(...withMessage).when({ ...pin, target: facts({ deleted: true }) }).thenRejected({ _tag: 'MessageIsDeleted' }))

  it('E9: a message from before joining is not there', () => given(...carlaCameLater).when({ ...pin, actor: carla }).thenRejected({ _tag: 'MessageAbsent' }))
})

describe('unpinning', () => {
  const unpin: Extract<ConversationCommand, { type: 'UnpinMessage' }> = { type: 'UnpinMessage', actor: anna, target: facts() }

  it('every member unpins', () => {
    given(...withMessage, pinned()).when(unpin).then(unpinned)
    given(...withMessage, pinned()).when({ ...unpin, actor: bruno }).then(unpinned)
  })

  it('what is not pinned stays so', () => given(...withMessage, pinned(), unpinned).when(unpin).thenNothingHappened())

  it('deleting a message unpins it', () =>
    given(...withMessage, pinned(), { type: 'MessageDeleted', data: { ...target, unit: message } })
      .when({ ...unpin, target: facts({ deleted: true }) })
      .thenNothingHappened())

  it('E9: a message from before joining is not there', () =>
    given(...carlaCameLater, pinned()).when({ ...unpin, actor: carla }).thenRejected({ _tag: 'MessageAbsent' }))
})
