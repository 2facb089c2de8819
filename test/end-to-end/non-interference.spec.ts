import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { memoryHouse, postgresHouse, type House } from '../support/non-interference/house.js'
import { scripts } from '../support/non-interference/script.js'
import { run } from '../support/non-interference/world.js'
import { describeWith } from '../support/services/index.js'

const SCRIPTS = 50
const SCRIPTS_ON_POSTGRES = 3
const WITHIN_MS = 300_000

/**
 * Compared are status, headers, bodies and frames of outsiders, to the byte. Only what is random or sealed by design (ids, salts,
 * digests, positions, cursors, tokens) is named by the order in which it was first seen, with its length; `sync` frames are left
 * out, since they come when a socket is quiet by the real clock. Not asked are ids that an outsider would have to take for its own:
 * who makes a conversation under the id of another one learns that it is taken.
 */
const isTheSame = (open: (began: number) => Promise<House>) => fc.asyncProperty(scripts, async (script) => {
  const [one, other] = [await run(script, 0, open), await run(script, 1, open)]
  for (const self of script.asked) expect({ self, ...one.get(self) }).toEqual({ self, ...other.get(self) })
})

describe('non-interference', () => {
  it(`P1, S8, E9: foreign content, existence and audience change nothing that an outsider is answered or sent, in ${SCRIPTS} scripts`, async () => {
    await fc.assert(isTheSame(memoryHouse), { numRuns: SCRIPTS, endOnFailure: true })
  }, WITHIN_MS)
})

describeWith(['postgres'], 'non-interference on Postgres', () => {
  it(`P1, E9: the same by commands and queries over the database, in ${SCRIPTS_ON_POSTGRES} scripts`, async () => {
    await fc.assert(isTheSame(postgresHouse), { numRuns: SCRIPTS_ON_POSTGRES, endOnFailure: true })
  }, WITHIN_MS)
})
