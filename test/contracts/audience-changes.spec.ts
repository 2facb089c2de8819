import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { uuidv7 } from 'uuidv7'
import { describe, expect, it } from 'vitest'
import { memoryPrivacyCache } from '../../adapters/memory/privacy-cache.js'
import { emptyMemoryProjections } from '../../adapters/memory/projections/state.js'
import { memoryProjectionStore } from '../../adapters/memory/projections/store.js'
import { memoryAudience, memoryAudienceModel } from '../../adapters/memory/read-models/audience.js'
import { cachedAudience } from '../../adapters/privacy-cache/cached-audience.js'
import { stranger } from '../../events/audience.js'
import type { Position } from '../../events/event-store.js'
import { accountStream } from '../../events/streams.js'
import { tellingPrivacyCache, type ProjectedBatch, type ProjectionStore } from '../../projections/index.js'
import { right } from './privacy-cache/index.js'

const position = (number: number): Position => String(number).padStart(20, '0') as Position

const [ada, ben] = [uuidv7(), uuidv7()]

const blocking = (number: number, stands: boolean): ProjectedBatch => ({
  partition: 0, partitions: 1, after: number === 1 ? 'start' : position(number - 1), through: position(number),
  steps: new Map([['audience', [{
    event: { stream: accountStream(ada), revision: BigInt(number), position: position(number), id: uuidv7(), type: stands ? 'UserBlocked' : 'UserUnblocked' },
    outcome: E.right([{ op: 'listed', userId: ada, revision: number, list: 'blocks', other: ben, stands, position: position(number) }]),
  }]]]),
})

const world = async (over: (store: ProjectionStore) => ProjectionStore = (store) => store) => {
  const [model, cache, state] = [memoryAudienceModel(), memoryPrivacyCache(() => 0), emptyMemoryProjections()]
  const store = tellingPrivacyCache(over(memoryProjectionStore({ readModels: [model], state })), cache)
  await right(store.resumeAfter(0, 1))
  const blocked = async () => (await right(cachedAudience(memoryAudience(model), cache).relations(ben, [ada])))[0]?.blocked
  return { cache, store, blocked }
}

describe('changes of the audience and the privacy cache', () => {
  it('P4: once a change is committed the cache answers by it, both ways, with a clock that stands still', async () => {
    const { store, blocked } = await world()
    expect(await blocked()).toBe(false)
    for (let number = 1; number <= 6; number += 1) {
      await right(store.commit(blocking(number, number % 2 === 1)))
      expect([await blocked(), await blocked()]).toEqual([number % 2 === 1, number % 2 === 1])
    }
  })

  it('P4: what was read before the commit is not kept after it, nor what is read while it runs', async () => {
    let during = async (): Promise<void> => undefined
    const { store, cache, blocked } = await world((inner) => ({ ...inner, commit: (batch) => async () => { await during(); return inner.commit(batch)() } }))
    const before = (await right(cache.find(ben, [ada]))).lease ?? ''
    during = async () => { expect(await blocked()).toBe(false) }
    await right(store.commit(blocking(1, true)))
    await right(cache.keep(ben, before, [[ada, stranger]]))
    expect(await blocked()).toBe(true)
  })

  it('P4: what is committed is answered before the projector comes to tell that it is over', async () => {
    const { store, blocked } = await world((inner) => ({ ...inner, commit: (batch) => async () => {
      const committed = await inner.commit(batch)()
      expect(await blocked()).toBe(true)
      return committed
    } }))
    expect([await blocked(), await blocked()]).toEqual([false, false])
    await right(store.commit(blocking(1, true)))
  })

  it('a commit that fails or breaks is told as over, so that readings are kept again', async () => {
    for (const commit of [() => TE.left({ _tag: 'ProjectionStoreUnavailable', retryAfterMs: 1, reason: 'away' } as const), () => () => Promise.reject(new Error('broken'))]) {
      const { store, cache } = await world((inner) => ({ ...inner, commit }))
      await store.commit(blocking(1, true))().catch(() => undefined)
      expect((await right(cache.find(ben, [ada]))).lease).toBeDefined()
    }
  })

  it('P5: a cache that is away stops no commit', async () => {
    const [model, away] = [memoryAudienceModel(), TE.left({ _tag: 'PrivacyCacheAway', reason: 'away' } as const)]
    const store = tellingPrivacyCache(memoryProjectionStore({ readModels: [model], state: emptyMemoryProjections() }), { changing: () => away, changed: () => away })
    await right(store.resumeAfter(0, 1))
    await right(store.commit(blocking(1, true)))
    expect((await right(memoryAudience(model).relations(ben, [ada])))[0]?.blocked).toBe(true)
  })
})
