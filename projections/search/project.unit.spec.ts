import { describe, expect, it } from 'vitest'
import { anEvent, conversation, conversationTypes, messageId } from '../../test/support/conversation-events.js'
import { actor, projectionSpecification, recordedAt } from '../../test/support/projection-specification.js'
import { searchProjection } from './project.js'

const { given } = projectionSpecification(searchProjection)
const text = { text: 'Größe 42!' }
const words = { mode: 'words', words: ['grosse', '42'] } as const
const token = 't'.repeat(22)
const document = { conversation, sequence: 7, messageId, sender: actor, sentAt: recordedAt }

describe('S1: what can be found of a message', () => {
  it('MessageSent: its words, normalised', () =>
    given(anEvent('MessageSent', 7), text).then({ op: 'put', version: 7, document: { ...document, indexed: words } }))

  it('MessageSent of an e2ee conversation: its tokens, as they came', () =>
    given(anEvent('MessageSent', 7), { ciphertext: 'c', tokens: [token] }).then({ op: 'put', version: 7, document: { ...document, indexed: { mode: 'tokens', tokens: [token] } } }))

  it('MessageSent without tokens: nothing', () => given(anEvent('MessageSent', 7), { ciphertext: 'c' }).then())

  it('MessageSent that was forgotten since: nothing, also of what was there', () =>
    given(anEvent('MessageSent', 7)).then({ op: 'remove', conversation, sequence: 7, version: 7, sentAt: recordedAt }))

  it('MessageEdited: the new words instead of the old', () =>
    given(anEvent('MessageEdited', 8), text).then({ op: 'reword', conversation, sequence: 3, version: 8, indexed: words }))

  it.each([['was forgotten', undefined], ['has no tokens any more', { ciphertext: 'c' }]])('MessageEdited that %s: nothing', (_what, content) =>
    given(anEvent('MessageEdited', 8), content).then({ op: 'remove', conversation, sequence: 3, version: 8 }))

  it('MessageDeleted: nothing', () => given(anEvent('MessageDeleted', 9)).then({ op: 'remove', conversation, sequence: 3, version: 9 }))

  const about = ['MessageSent', 'MessageEdited', 'MessageDeleted']
  it.each(conversationTypes.filter((type) => !about.includes(type)))('%s: no change', (type) => given(anEvent(type, 9)).then())

  it('opens what it indexes and nothing else', () => expect(searchProjection.opens).toEqual(['MessageSent', 'MessageEdited']))
})
