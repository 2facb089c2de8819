import { readFileSync } from 'node:fs'
import type { TSchema } from 'typebox'
import { Check } from 'typebox/value'
import { describe, expect, it } from 'vitest'
import { closeCodes } from '../../events/wire/close-codes.js'
import { clientFrames, serverFrames } from '../../events/wire/frames.js'
import { gatewayLimits } from '../limits.js'

const text = readFileSync(new URL('../../docs/protocol.md', import.meta.url), 'utf8')

/** The rows of the table under a heading, without its head. */
const rowsUnder = (heading: string): ReadonlyArray<ReadonlyArray<string>> => {
  const section = text.split(/^## /mu).find((part) => part.startsWith(`${heading}\n`)) ?? ''
  const lines = section.split('\n').filter((line) => line.startsWith('|')).slice(2)
  return lines.map((line) => line.split('|').slice(1, -1).map((cell) => cell.trim()))
}
const bare = (cell = ''): string => cell.replace(/^`|`$/gu, '')

describe('G4: docs/protocol.md says what the code does', () => {
  for (const [heading, frames] of [['Frames from the client', clientFrames], ['Frames from the gateway', serverFrames]] as const) {
    it(`${heading}: each, and no other, with an example that its schema takes`, () => {
      const rows = rowsUnder(heading)
      expect(rows.map(([name]) => bare(name)).sort()).toEqual(Object.keys(frames).sort())
      for (const [name, example] of rows) {
        const schema = (frames as Record<string, TSchema>)[bare(name)]
        const filled: unknown = JSON.parse(bare(example).replaceAll('AX…', 'AXabc'))
        expect([name, schema !== undefined && Check(schema, filled)]).toEqual([name, true])
      }
    })
  }

  it('close codes: each row as in the code, by code', () => {
    const rows = rowsUnder('Close codes').map(([code, reason, meaning, then]) => [Number(code), bare(reason), meaning, then])
    const known = Object.entries(closeCodes).map(([reason, { code, meaning, then }]) => [code, reason, meaning, then])
    expect(rows).toEqual(known.sort(([one], [other]) => Number(one) - Number(other)))
  })

  it('close codes: the hundreds tell what to do', () => {
    for (const { code, then } of Object.values(closeCodes)) expect(then).toBe({ 40: 'resume', 41: 'sign-in', 42: 'stop' }[Math.floor(code / 100)])
  })

  it('limits: each with its value', () => {
    expect(Object.fromEntries(rowsUnder('Limits').map(([name, value]) => [bare(name), Number(value)]))).toEqual(gatewayLimits)
  })
})
