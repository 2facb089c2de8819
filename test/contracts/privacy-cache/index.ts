import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import fc from 'fast-check'
import { uuidv7 } from 'uuidv7'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cachedAudience } from '../../../adapters/privacy-cache/cached-audience.js'
import { stranger, type Audience, type Relation } from '../../../events/audience.js'
import type { PrivacyCache } from '../../../events/privacy-cache.js'
import { RELATIONS_KEPT_MS } from '../../../events/privacy-cache.js'
import { until } from '../../support/until.js'

export interface OpenPrivacyCaches {
  /** Caches as different processes hold them; the same one where they cannot share. */
  readonly caches: readonly [PrivacyCache, PrivacyCache]
  readonly close: () => Promise<void>
}

const RANDOM_RUNS = 25
const ACTS_AT_MOST_MS = 500
const BITS = ['follows', 'closeFriend', 'blocked', 'hidden', 'muted'] as const

/** A number below 32 as a relation, so that an answer tells how old it is. */
export const relationNumbered = (number: number): Relation =>
  ({ ...stranger, ...Object.fromEntries(BITS.map((bit, index) => [bit, (number & (1 << index)) !== 0])) })
export const numberOf = (relation: Relation | undefined): number => BITS.reduce((sum, bit, index) => sum + (relation?.[bit] === true ? 1 << index : 0), 0)

export const right = async <A>(asked: TE.TaskEither<unknown, A>): Promise<A> => {
  const given = await asked()
  if (E.isLeft(given)) throw new Error(JSON.stringify(given.left))
  return given.right
}

const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => { setImmediate(resolve) })
}

/** An audience whose every relation has the same number, read after some turns and answered after some more. */
export const countingAudience = (slow: () => Promise<void> = async () => undefined) => {
  const state = { number: 0, reads: 0 }
  const audience: Audience = {
    relations: (_viewer, authors) => async () => {
      state.reads += 1
      await slow()
      const { number } = state
      await slow()
      return E.right(authors.map(() => relationNumbered(number)))
    },
    authorsFor: () => TE.right([]),
  }
  return { state, audience }
}

/** What a privacy cache holds, whatever it lies in. */
export const privacyCacheContract = (name: string, open: () => Promise<OpenPrivacyCaches>): void => {
  describe(`the privacy cache contract, ${name}`, () => {
    let opened: OpenPrivacyCaches | undefined
    beforeAll(async () => { opened = await open() })
    afterAll(() => opened?.close())
    const caches = (): OpenPrivacyCaches['caches'] => {
      if (opened === undefined) throw new Error('the caches did not open')
      return opened.caches
    }
    const people = () => ({ viewer: uuidv7(), one: uuidv7(), other: uuidv7() })

    it('nothing is known at first; what was read under a lease is known to every process', async () => {
      const [cache, elsewhere] = caches()
      const { viewer, one, other } = people()
      const { relations, lease } = await right(cache.find(viewer, [one, other]))
      expect(relations).toEqual([undefined, undefined])
      await right(cache.keep(viewer, lease ?? '', [[one, relationNumbered(21)]]))
      expect((await right(elsewhere.find(viewer, [other, one, one]))).relations).toEqual([undefined, relationNumbered(21), relationNumbered(21)])
      expect((await right(elsewhere.find(one, [viewer]))).relations, 'of the viewer alone').toEqual([undefined])
    })

    it('P4: nothing is kept that was read before a change, however late it comes, nor while the change is under way', async () => {
      const [cache, elsewhere] = caches()
      const { viewer, one, other } = people()
      const before = (await right(cache.find(viewer, [one]))).lease ?? ''
      await right(elsewhere.changing([[other, viewer]]))
      await right(cache.keep(viewer, before, [[one, relationNumbered(1)]]))
      const during = await right(cache.find(viewer, [one]))
      expect(during).toEqual({ relations: [undefined], lease: undefined })
      await right(cache.keep(viewer, 'changing', [[one, relationNumbered(1)]]))
      await right(elsewhere.changed([[other, viewer]]))
      await right(cache.keep(viewer, before, [[one, relationNumbered(1)]]))
      const after = await right(cache.find(viewer, [one]))
      expect(after.relations).toEqual([undefined])
      expect(after.lease).not.toBe(before)
      await right(cache.keep(viewer, after.lease ?? '', [[one, relationNumbered(2)]]))
      expect((await right(cache.find(viewer, [one]))).relations).toEqual([relationNumbered(2)])
    })

    it('P4: a change forgets the pair both ways, before it is committed and after, and leaves the rest', async () => {
      const [cache] = caches()
      const { viewer, one, other } = people()
      const keep = async (by: string, of: string) => right(cache.keep(by, (await right(cache.find(by, [of]))).lease ?? '', [[of, relationNumbered(3)]]))
      const known = async () => Promise.all(([[viewer, one], [one, viewer], [viewer, other]] as const).map(async ([by, of]) => (await right(cache.find(by, [of]))).relations[0] !== undefined))
      for (const [by, of] of [[viewer, one], [one, viewer], [viewer, other]] as const) await keep(by, of)
      expect(await known()).toEqual([true, true, true])
      await right(cache.changing([[viewer, one]]))
      expect(await known()).toEqual([false, false, true])
      await right(cache.changed([[viewer, one]]))
      expect(await known()).toEqual([false, false, true])
    })

    it(`P4: what a change could not be told of is forgotten after ${RELATIONS_KEPT_MS} ms`, async () => {
      const [cache] = caches()
      const { viewer, one } = people()
      const { state, audience } = countingAudience()
      const cached = cachedAudience(audience, cache)
      const number = async () => numberOf((await right(cached.relations(viewer, [one])))[0])
      expect(await number()).toBe(0)
      await until(async () => (await right(cache.find(viewer, [one]))).relations[0] !== undefined)
      state.number = 9
      const began = performance.now()
      await until(async () => (await number()) === 9)
      expect(performance.now() - began).toBeLessThan(ACTS_AT_MOST_MS)
    })

    it('thousands of authors in one look-up, repeated ones among them', async () => {
      const [cache] = caches()
      const authors = Array.from({ length: 2_500 }, () => uuidv7())
      const { audience } = countingAudience()
      expect(await right(cachedAudience(audience, cache).relations(uuidv7(), [...authors, ...authors.slice(0, 3)]))).toHaveLength(2_503)
    })

    it('a relation is read once, and answered in the order asked', async () => {
      const [cache, elsewhere] = caches()
      const { viewer, one, other } = people()
      const { state, audience } = countingAudience()
      await right(cachedAudience(audience, cache).relations(viewer, [one, other, one]))
      await until(async () => (await right(cache.find(viewer, [one, other]))).relations.every((relation) => relation !== undefined))
      const reads = state.reads
      expect(await right(cachedAudience(audience, elsewhere).relations(viewer, [other, one]))).toEqual([stranger, stranger])
      expect(state.reads).toBe(reads)
    })

    it(`P4: ${RANDOM_RUNS} random interleavings of changes and readings: what is asked after a commit is answered by it`, async () => {
      const wait = fc.nat(6)
      await fc.assert(fc.asyncProperty(
        fc.array(fc.tuple(wait, wait, wait), { minLength: 3, maxLength: 20 }),
        fc.array(fc.record({ reader: fc.nat(1), before: wait, slow: wait }), { minLength: 10, maxLength: 60 }),
        async (changes, readings) => {
          const { viewer, one } = people()
          let slowness = 0
          const { state, audience } = countingAudience(() => turns(slowness))
          const readers = caches().map((cache) => cachedAudience(audience, cache))
          const changing = async () => {
            for (const [before, commit, after] of changes) {
              await turns(before)
              await right(caches()[0].changing([[viewer, one]]))
              await turns(commit)
              state.number += 1
              await turns(after)
              await right(caches()[0].changed([[one, viewer]]))
            }
          }
          const reading = async (turn: number) => {
            for (const { reader, before, slow } of readings.filter((_, index) => index % 3 === turn)) {
              await turns(before)
              slowness = slow
              const committed = state.number
              const found = await right((readers[reader] ?? audience).relations(viewer, [one]))
              expect(numberOf(found[0])).toBeGreaterThanOrEqual(committed)
            }
          }
          await Promise.all([changing(), reading(0), reading(1), reading(2)])
        },
      ), { numRuns: RANDOM_RUNS, endOnFailure: true })
    })
  })
}
