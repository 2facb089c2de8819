import { Redis } from 'ioredis'
import * as E from 'fp-ts/lib/Either.js'
import { uuidv7 } from 'uuidv7'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { cachedAudience } from '../../adapters/privacy-cache/cached-audience.js'
import { redisPrivacyCache } from '../../adapters/redis/privacy-cache/privacy-cache.js'
import { privacyScripts } from '../../adapters/redis/privacy-cache/scripts.js'
import { RELATIONS_KEPT_MS, type PrivacyCache } from '../../events/privacy-cache.js'
import { describeWith, freshRedisPrefix, privateRedis, type Breakable } from '../support/services/index.js'
import { until } from '../support/until.js'
import { countingAudience, numberOf, privacyCacheContract, relationNumbered, right } from './privacy-cache/index.js'

const PAUSE_MS = 150
const ACTS_AT_MOST_MS = 500
/** The limit of a look-up is 20 ms; a busy machine is given more. */
const SLOW_MS = 150
/** The contract is about answers, not about a busy machine. */
const PATIENCE_MS = 5_000

const isThere = (cache: PrivacyCache) => until(async () => E.isRight(await cache.find(uuidv7(), [uuidv7()])()))

const connected = async (url: string, prefix = freshRedisPrefix(), limitMs?: number) => {
  const limits = limitMs === undefined ? {} : { limitsMs: { find: limitMs, change: limitMs } }
  const cache = redisPrivacyCache({ url, prefix, ...limits })
  await isThere(cache)
  return cache
}

describeWith(['redis'], 'Redis', ({ redis }) => {
  privacyCacheContract('Redis', async () => {
    const prefix = freshRedisPrefix()
    const caches = [await connected(redis.url, prefix, PATIENCE_MS), await connected(redis.url, prefix, PATIENCE_MS)] as const
    return { caches, close: async () => { await Promise.all(caches.map(({ close }) => close())) } }
  })

  it('the scripts, each by itself, also on a server that forgot them', async () => {
    const client = new Redis(redis.url)
    const key = `${freshRedisPrefix()}viewer`
    await client.script('FLUSH')
    expect(await privacyScripts.find(client, key, 'lease-1', 60_000, ['a', 'b'])).toEqual(['lease-1', null, null])
    expect(await privacyScripts.find(client, key, 'lease-2', 60_000, ['a'])).toEqual(['lease-1', null])
    expect(await privacyScripts.keep(client, key, 'lease-2', [['a', 5]])).toBe(false)
    expect(await privacyScripts.keep(client, key, 'lease-1', [['a', 5], ['b', 0]])).toBe(true)
    expect(await privacyScripts.find(client, key, 'lease-3', 60_000, ['b', 'a'])).toEqual(['lease-1', '0', '5'])
    const left = await client.pttl(key)
    expect(left).toBeGreaterThan(0)
    await privacyScripts.changing(client, [[key, 'a']], 600_000)
    expect(await client.pttl(key), 'a change does not keep it longer').toBeLessThanOrEqual(left)
    expect(await privacyScripts.find(client, key, 'lease-4', 60_000, ['a', 'b'])).toEqual(['changing', null, '0'])
    await privacyScripts.changed(client, [[key, 'a']])
    expect(await privacyScripts.find(client, key, 'lease-5', 60_000, ['b'])).toEqual([null, '0'])
    expect(await privacyScripts.find(client, key, 'lease-5', 60_000, ['a'])).toEqual(['lease-5', null])
    await privacyScripts.changing(client, [[`${key}2`, 'a']], 60_000)
    expect(await client.pttl(`${key}2`), 'a change alone runs out too').toBeGreaterThan(0)
    client.disconnect()
  })
})

describeWith(['redis'], 'a Redis that fails', () => {
  let own: Breakable
  beforeAll(async () => { own = await privateRedis({ durable: true }) })
  afterAll(() => own.stop())

  it('P5: killed during readings, empty, and back: every answer is the database\'s', async () => {
    const cache = await connected(own.url)
    const { state, audience } = countingAudience()
    const cached = cachedAudience(audience, cache)
    const [viewer, author] = [uuidv7(), uuidv7()]
    let ended = false
    const answers = { wrong: 0, given: 0 }
    const reading = async () => {
      while (!ended) {
        const committed = state.number
        const found = await cached.relations(viewer, [author])()
        answers.given += 1
        if (E.isLeft(found) || numberOf(found.right[0]) < committed) answers.wrong += 1
        await new Promise((resolve) => { setImmediate(resolve) })
      }
    }
    const change = async () => {
      await cache.changing([[viewer, author]])()
      state.number += 1
      await cache.changed([[viewer, author]])()
    }
    const readers = [reading(), reading()]
    await change()
    await own.kill()
    await until(async () => E.isLeft(await cache.find(viewer, [author])()))
    const killed = answers.given
    await until(() => answers.given > killed + 20)
    // What is kept over the kill is as old as the outage: a change during it cannot be told.
    await until(async () => { await change(); return state.number > 3 })
    await own.restart()
    await isThere(cache)
    await change()
    const back = answers.given
    await until(() => answers.given > back + 20)
    ended = true
    await Promise.all(readers)
    expect(answers.wrong).toBe(0)
    await cache.close()
  })

  it('P5: before it was ever there, answers come at once', async () => {
    await own.kill()
    const cache = redisPrivacyCache({ url: own.url, prefix: freshRedisPrefix() })
    const { state, audience } = countingAudience()
    state.number = 7
    expect(numberOf((await right(cachedAudience(audience, cache).relations(uuidv7(), [uuidv7()])))[0])).toBe(7)
    await own.restart()
    await isThere(cache)
    await cache.close()
  })

  it('P5: slow: a look-up gives up and the database answers', async () => {
    const cache = await connected(own.url)
    const [{ state, audience }, other] = [countingAudience(), new Redis(own.url)]
    state.number = 7
    await other.call('CLIENT', 'PAUSE', '1000', 'ALL')
    const began = performance.now()
    expect(numberOf((await right(cachedAudience(audience, cache).relations(uuidv7(), [uuidv7()])))[0])).toBe(7)
    expect(performance.now() - began).toBeLessThan(SLOW_MS)
    await isThere(cache)
    other.disconnect()
    await cache.close()
  })

  it('P4: a change that a slow Redis was not told of in time acts all the same', async () => {
    const [prefix, other] = [freshRedisPrefix(), new Redis(own.url)]
    const [projector, reader] = [await connected(own.url, prefix), await connected(own.url, prefix)]
    const { state, audience } = countingAudience()
    const [viewer, author] = [uuidv7(), uuidv7()]
    const lease = (await right(reader.find(viewer, [author]))).lease ?? ''
    await right(reader.keep(viewer, lease, [[author, relationNumbered(0)]]))
    await other.call('CLIENT', 'PAUSE', String(PAUSE_MS), 'ALL')
    expect(E.isLeft(await projector.changing([[viewer, author]])())).toBe(true)
    state.number = 5
    const committed = performance.now()
    await until(async () => numberOf((await right(cachedAudience(audience, reader).relations(viewer, [author])))[0]) === 5)
    expect(performance.now() - committed).toBeLessThan(ACTS_AT_MOST_MS)
    expect(RELATIONS_KEPT_MS).toBeLessThan(ACTS_AT_MOST_MS)
    other.disconnect()
    await Promise.all([projector.close(), reader.close()])
  })
})
