import { describe, expect, it } from 'vitest'
import type { ChatEvent } from './log.js'
import { castOf, initialNicks, personOf } from './persons.js'

const joined = (nick: string): ChatEvent => ({ type: 'joined', nick })
const parted = (nick: string): ChatEvent => ({ type: 'parted', nick })
const renamed = (from: string, to: string): ChatEvent => ({ type: 'renamed', from, to })
const said = (nick: string): ChatEvent => ({ type: 'said', line: 0, nick, text: 'hi', action: false })
const cast = (...events: ReadonlyArray<ChatEvent>) => castOf({ name: 'test', events })

describe('who is who in a log', () => {
  it('a nick change continues the same person', () => {
    const { persons, actors } = cast(joined('ann'), renamed('ann', 'ann|away'), said('ann|away'))
    expect(persons).toEqual([{ key: 'p0', firstNick: 'ann', lastNick: 'ann|away', initial: false, messages: 1 }])
    expect(actors).toEqual([0, 0, 0])
  })

  it('who speaks, leaves or is renamed without having joined was there from the start', () => {
    const { persons } = cast(said('ann'), joined('bob'), said('bob'), parted('cid'), renamed('dan', 'eve'), said('eve'))
    expect(initialNicks({ persons })).toEqual(['ann', 'cid', 'dan'])
  })

  it('a nick that comes back after leaving, or unseen, is the same person', () => {
    expect(cast(joined('ann'), parted('ann'), joined('ann'), joined('ann'), said('ann')).persons).toHaveLength(1)
  })

  it('a nick given up by a rename and seen again is somebody new, who was not there from the start', () => {
    const { persons, actors } = cast(said('ann'), renamed('ann', 'bob'), said('ann'), said('bob'))
    expect(actors).toEqual([0, 0, 1, 0])
    expect(persons.map((person) => person.initial)).toEqual([true, false])
  })

  it('whoever takes a nick displaces its holder, who had gone unseen', () => {
    const { displaced, actors } = cast(said('ann'), joined('ann_'), renamed('ann_', 'ann'), said('ann'))
    expect(actors).toEqual([0, 1, 1, 1])
    expect([...displaced]).toEqual([[2, 0]])
  })

  it('a rename to the same nick changes nothing', () => {
    const { persons, displaced } = cast(said('ann'), renamed('ann', 'ann'), said('ann'))
    expect(persons).toHaveLength(1)
    expect(displaced.size).toBe(0)
  })

  it('personOf names the person of an event, and nobody past the end', () => {
    const two = cast(said('ann'), said('bob'))
    expect(personOf(two, 1)?.key).toBe('p1')
    expect(personOf(two, 2)).toBeUndefined()
  })
})
