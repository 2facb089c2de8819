import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { documents } from './documents.js'

const house = fileURLToPath(new URL('../../', import.meta.url))
const written = await documents()

describe('the documents that are made from the code', () => {
  it.each([...written.keys()])('Z1: %s is what the code says (else: npm run schemas)', (path) => {
    expect(existsSync(`${house}${path}`)).toBe(true)
    expect(readFileSync(`${house}${path}`, 'utf8')).toBe(written.get(path))
  })

  it('Z1: no schema lies there that the code does not know', () => {
    const there = ['events', 'wire'].flatMap((folder) => readdirSync(`${house}docs/schemas/${folder}`).map((file) => `docs/schemas/${folder}/${file}`))
    expect(there.filter((path) => !written.has(path))).toEqual([])
  })
})
