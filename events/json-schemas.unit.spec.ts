import { describe, expect, it } from 'vitest'
import { jsonSchemas } from './json-schemas.js'
import { eventTypes } from './registry.js'

const files = [...jsonSchemas()]
const ids = files.map(([, schema]) => (schema as { $id?: string }).$id)

/** Every schema of an object that lies in a schema. */
const objects = (schema: unknown): ReadonlyArray<Record<string, unknown>> => {
  if (typeof schema !== 'object' || schema === null) return []
  const inner = Object.values(schema).flatMap(objects)
  return 'properties' in schema ? [schema as Record<string, unknown>, ...inner] : inner
}

describe('published schemas', () => {
  it('one file for each event and three for the wire', () =>
    expect(files.map(([name]) => name)).toEqual([...eventTypes.map((type) => `events/${type}.v1.json`), 'wire/commands.json', 'wire/answers.json', 'wire/frames.json']))

  it('each has an id of its own', () => {
    expect(ids).not.toContain(undefined)
    expect(new Set(ids).size).toBe(files.length)
  })

  it('survive being written as JSON, the same each time', () => {
    const text = JSON.stringify(files)
    expect(JSON.stringify([...jsonSchemas()])).toBe(text)
    expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(files)))
  })

  it('an event holds no field that its schema does not name', () => {
    const open = files.filter(([name]) => name.startsWith('events/')).flatMap(([name, schema]) =>
      objects(schema).flatMap(({ additionalProperties }) => (additionalProperties === false ? [] : [name])))
    expect(open).toEqual([])
  })
})
