import { describe, expect, it } from 'vitest'
import { jars } from './jars.js'

describe('the lock of Kafka\'s jars', () => {
  it('names each file once, with its checksum', () => {
    expect(jars).toHaveLength(45)
    expect(new Set(jars.map(({ group, artifact }) => `${group}:${artifact}`)).size).toBe(45)
    expect(jars.every(({ sha256 }) => /^[0-9a-f]{64}$/.test(sha256))).toBe(true)
  })
})
