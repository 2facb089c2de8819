import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { generateLog, type Shape } from './generate.js'
import { castOf } from './persons.js'
import { planOf } from './plan.js'
import { cleanText } from './text.js'

const shapes = fc.record({ messages: fc.nat(200), speakers: fc.nat(30) })
const property = (holds: (seed: number, shape: Shape) => void) => { fc.assert(fc.property(fc.nat(), shapes, holds), { numRuns: 60 }) }

describe('an invented log', () => {
  it('is the same for the same seed and shape, another for another seed', () => {
    property((seed, shape) => { expect(generateLog(seed, shape)).toEqual(generateLog(seed, shape)) })
    const shape = { messages: 20, speakers: 5 }
    expect(generateLog(1, shape).events).not.toEqual(generateLog(2, shape).events)
  })

  it('has the messages and speakers that were asked for', () => {
    property((seed, shape) => {
      const log = generateLog(seed, shape)
      const speaking = castOf(log).persons.filter((person) => person.messages > 0)
      expect(log.events.filter((event) => event.type === 'said')).toHaveLength(shape.speakers === 0 ? 0 : shape.messages)
      expect(speaking).toHaveLength(Math.min(shape.speakers, shape.messages))
    })
  })

  it('has clean texts that are never blank, and replies to earlier messages only', () => {
    property((seed, shape) => {
      const { events } = generateLog(seed, shape)
      for (const [at, event] of events.entries()) {
        if (event.type !== 'said') continue
        expect(event.text.trim()).not.toBe('')
        expect(cleanText(event.text)).toBe(event.text)
        if (event.replyTo === undefined) continue
        expect(event.replyTo).toBeLessThan(at)
        expect(events[event.replyTo]?.type).toBe('said')
      }
    })
  })

  it('makes sense as it is: nobody speaks from outside, joins twice or takes the nick of another', () => {
    property((seed, shape) => {
      const { ignored, inserted } = planOf(generateLog(seed, shape))
      expect(inserted).toEqual({ joins: 0, leaves: 0 })
      expect({ ...ignored, eventsOfSilentPersons: 0 }).toEqual({
        eventsOfSilentPersons: 0, joinsOfMembers: 0, leavesOfNonMembers: 0, emptyMessages: 0, repliesToEmptyMessages: 0,
      })
    })
  })

  it('of a day has everything a real one has', () => {
    const { events } = generateLog(7, { messages: 1_290, speakers: 130 })
    const cast = castOf({ name: 'day', events })
    expect(new Set(events.map((event) => event.type))).toEqual(new Set(['joined', 'parted', 'renamed', 'said']))
    expect(events.some((event) => event.type === 'said' && event.action)).toBe(true)
    expect(events.some((event) => event.type === 'said' && /\p{Emoji_Presentation}/u.test(event.text))).toBe(true)
    expect(cast.persons.some((person) => person.messages === 0)).toBe(true)
    expect(Math.max(...cast.persons.map((person) => person.messages))).toBeGreaterThan(1_290 / 30)
  })
})
