import { describe, expect, it } from 'vitest'
import { eventSchemas, eventTypes, isSealedType, registration } from './registry.js'
import { categories } from './streams.js'

describe('the registry', () => {
  it('knows each type in one category only', () => {
    expect(new Set(eventTypes).size).toBe(eventTypes.length)
    expect(eventTypes.length).toBe(Object.values(eventSchemas).reduce((sum, schemas) => sum + Object.keys(schemas).length, 0))
  })

  it('names categories that streams have', () => {
    for (const type of eventTypes) expect(categories).toContain(registration(type)?.category)
  })

  it.each(['constructor', '__proto__', 'toString', '', 'messageSent'])('does not know %j', (type) =>
    expect([registration(type), isSealedType(type)]).toEqual([undefined, false]))

  it('what people wrote or are called is sealed, and nothing else', () =>
    expect(eventTypes.filter(isSealedType).toSorted()).toEqual([
      'AccountRegistered', 'ConversationRenamed', 'MessageEdited', 'MessageSent', 'ProfileChanged', 'ReactionAdded', 'StoryPosted', 'StoryReacted',
    ]))

  it('names types in the past and fields in camel case', () => {
    for (const type of eventTypes) {
      expect(type).toMatch(/^([A-Z][a-z]+)+$/)
      const fields = Object.keys((registration(type)?.schema as { properties?: object } | undefined)?.properties ?? {})
      for (const field of fields) expect(field).toMatch(/^[a-z][A-Za-z]*$/)
    }
  })
})
