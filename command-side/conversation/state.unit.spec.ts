import { describe, expect, it } from 'vitest'
import { added, anna, annaAndBruno, bruno, carla, removed, sent, message } from '../../test/support/conversation-history.js'
import { conversationDecider, encryptionOf, headOf, isCurrentMember, visibleTo } from './decider.js'

const stateAfter = (...events: ReadonlyArray<Parameters<typeof conversationDecider.evolve>[1]>) =>
  events.reduce(conversationDecider.evolve, conversationDecider.initialState)

describe('what a conversation remembers', () => {
  it('nothing before it is created', () => {
    expect([headOf(stateAfter()), encryptionOf(stateAfter()), isCurrentMember(stateAfter(), anna), visibleTo(stateAfter(), anna)]).toEqual([-1, undefined, false, []])
  })

  it('its latest revision, and its class', () => {
    expect([headOf(stateAfter(...annaAndBruno('e2ee'))), encryptionOf(stateAfter(...annaAndBruno('e2ee')))]).toEqual([2, 'e2ee'])
    expect(headOf(stateAfter(...annaAndBruno(), sent(message)))).toBe(3)
  })

  it('E9: a former member keeps what was before, each stay apart', () => {
    const state = stateAfter(...annaAndBruno('readable', 'sinceJoin'), removed(bruno), sent(message), added(bruno))
    expect(visibleTo(state, bruno)).toEqual([{ from: 2, to: 3 }, { from: 5, to: undefined }])
    expect([anna, bruno, carla].map((userId) => isCurrentMember(state, userId))).toEqual([true, true, false])
    expect(visibleTo(stateAfter(...annaAndBruno(), removed(bruno), sent(message)), bruno)).toEqual([{ from: 0, to: 3 }])
  })

  it('O3: a change shares with the state before it all that it does not change', () => {
    const before = stateAfter(...annaAndBruno())
    const after = conversationDecider.evolve(before, sent(message))
    expect(before._tag === 'Open' && after._tag === 'Open' && before.participants === after.participants && before.pins === after.pins).toBe(true)
  })
})
