import * as O from 'fp-ts/lib/Option.js'
import { describe, expect, it } from 'vitest'
import type { Decoded } from '../../events/codec.js'
import type { ConversationEvent } from '../../events/registry.js'
import type { TargetFacts } from '../ports.js'
import { foldFacts } from './target-facts.js'

const about = { target: 3, messageId: 'm', unit: 'm', digest: 'd' }

/** Events by their actors, from revision 3 on. */
const folded = (sequence: number, known: O.Option<TargetFacts>, ...events: ReadonlyArray<readonly [actor: string, type: ConversationEvent['type'], data: object]>) =>
  events.reduce((facts, [actor, type, data], index) =>
    foldFacts(sequence, facts, { type, data, revision: 3 + index, metadata: { actor } } as unknown as Decoded<ConversationEvent>), known)

const sent = ['ada', 'MessageSent', { messageId: 'm', unit: 'm', digest: 'd' }] as const
const fresh: TargetFacts = { sequence: 3, messageId: 'm', sender: 'ada', unit: 'm', deleted: false, reactions: new Set(), mentions: new Map() }

describe('what is known of a message', () => {
  it('is nothing before it was sent, nor of what is no message', () => {
    expect(folded(4, O.none, sent)).toEqual(O.none)
    expect(folded(3, O.none, ['ada', 'ConversationRenamed', { unit: 'c', digest: 'd' }])).toEqual(O.none)
    expect(folded(3, O.none, ['ada', 'MessageDeleted', { ...about, target: 3 }])).toEqual(O.none)
  })

  it('begins with its sending', () => expect(folded(3, O.none, sent)).toEqual(O.some(fresh)))

  it('an edit and pins change none of it', () =>
    expect(folded(3, O.none, sent, ['ada', 'MessageEdited', about], ['ben', 'MessagePinned', about], ['ben', 'MessageUnpinned', about])).toEqual(O.some(fresh)))

  it('reactions stand by who and which, until the same one takes them back', () => {
    const reacted = folded(3, O.none, sent, ['ada', 'ReactionAdded', { ...about, reaction: 'r' }], ['ben', 'ReactionAdded', { ...about, reaction: 'r' }], ['ben', 'ReactionAdded', { ...about, reaction: 's' }])
    expect(reacted).toEqual(O.some({ ...fresh, reactions: new Set(['ada:r', 'ben:r', 'ben:s']) }))
    expect(folded(3, reacted, ['ben', 'ReactionRemoved', { ...about, reaction: 'r' }])).toEqual(O.some({ ...fresh, reactions: new Set(['ada:r', 'ben:s']) }))
  })

  it('a deletion stays', () => expect(folded(3, O.none, sent, ['ben', 'MessageDeleted', about])).toEqual(O.some({ ...fresh, deleted: true })))

  it('M5: whom it mentioned, and since when: the first time counts', () => {
    const mentioning = (mentions: ReadonlyArray<string>) => ['ada', 'MessageEdited', { ...about, mentions }] as const
    const known = folded(3, O.none, ['ada', 'MessageSent', { messageId: 'm', unit: 'm', digest: 'd', mentions: ['ben'] }], mentioning(['cem']), ['ada', 'MessageEdited', about], mentioning(['ben', 'dua']))
    expect(known).toEqual(O.some({ ...fresh, mentions: new Map([['ben', 3], ['cem', 4], ['dua', 6]]) }))
    expect(folded(3, known, ['ada', 'MessageEdited', { ...about, target: 4, mentions: ['eva'] }])).toEqual(known)
  })

  it('events about other messages are not its own', () =>
    expect(folded(3, O.some(fresh), ['ben', 'MessageDeleted', { ...about, target: 4 }], ['ben', 'ReactionAdded', { ...about, target: 5, reaction: 'r' }])).toEqual(O.some(fresh)))

  it('what was known is not altered', () => {
    folded(3, O.some(fresh), ['ben', 'ReactionAdded', { ...about, reaction: 'r' }])
    expect(fresh.reactions.size).toBe(0)
  })
})
