import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { scripts } from '../support/non-interference/script.js'
import { run } from '../support/non-interference/world.js'

const SCRIPTS = 50
const WITHIN_MS = 240_000

describe('non-interference', () => {
  it(`P1, S8, E9: foreign content, existence and audience change nothing that an outsider is answered or sent, in ${SCRIPTS} scripts`, async () => {
    await fc.assert(fc.asyncProperty(scripts, async (script) => {
      const [one, other] = [await run(script, 0), await run(script, 1)]
      for (const self of script.asked) expect({ self, ...one.get(self) }).toEqual({ self, ...other.get(self) })
    }), { numRuns: SCRIPTS, endOnFailure: true })
  }, WITHIN_MS)
})
