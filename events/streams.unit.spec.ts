import * as O from 'fp-ts/lib/Option.js'
import { describe, expect, it } from 'vitest'
import { accountStream, categories, conversationStream, isUnchained, keysStream, parseStream, receiptsStream } from './streams.js'

const id = '01990a1b-2c3d-7001-8025-5eed00000001'

describe('stream names', () => {
  it('are what they always were', () =>
    expect([conversationStream, receiptsStream, accountStream, keysStream].map((name) => name(id))).toEqual(
      ['conversation', 'receipts', 'account', 'keys'].map((category) => `${category}-${id}`),
    ))

  it('of every category are read back', () => {
    for (const category of categories) expect(parseStream(`${category}-${id}`)).toEqual(O.some({ category, id }))
  })

  it.each([
    '', '-', 'conversation', 'conversation-', `conversation-${id}x`, `conversation--${id}`, `Conversation-${id}`, `other-${id}`, `-${id}`, id,
    '$all', `$conversation-${id}`, '$ce-conversation', '$$conversation', `conversation-${id.toUpperCase()}`, `conversation-${id}\n`, `constructor-${id}`,
  ])('%j is none of ours', (name) => expect(parseStream(name)).toEqual(O.none))

  it('receipts and story are appended without an expected revision, so unchained; no other is', () =>
    expect(categories.filter(isUnchained)).toEqual(['receipts', 'story']))
})
