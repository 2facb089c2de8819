import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { redisSignals } from '../../adapters/redis/signals.js'
import type { Signal } from '../../gateway/ports.js'
import { describeWith, freshRedisPrefix, privateRedis, type Breakable } from '../support/services/index.js'
import { until } from '../support/until.js'
import { signalsContract, typing } from './signals/index.js'

describeWith(['redis'], 'signals over Redis', ({ redis }) => {
  signalsContract('Redis', async () => {
    const prefix = freshRedisPrefix()
    const [one, other] = [redisSignals({ url: redis.url, prefix }), redisSignals({ url: redis.url, prefix })]
    return { gateways: [one, other], close: async () => { await Promise.all([one.close(), other.close()]) } }
  })

  it('X17: a message that cannot be read is reported and passed over', async () => {
    const [prefix, problems] = [freshRedisPrefix(), Array<string>()]
    const signals = redisSignals({ url: redis.url, prefix, onProblem: ({ doing }) => problems.push(doing) })
    const heard: Signal[] = []
    await signals.listen((some) => heard.push(...some))
    const other = new Redis(redis.url)
    for (const text of ['', '{}', '[{"type":"typing"}]', '[{"type":"presence","userId":"x"}]']) await other.spublish(`${prefix}signals`, text)
    await until(() => problems.length === 4)
    const one = typing()
    await until(() => { signals.publish([one]); return heard.length > 0 })
    expect([heard[0], new Set(problems)]).toEqual([one, new Set(['reading signals'])])
    other.disconnect()
    await signals.close()
  })
})

describeWith(['redis'], 'signals over a Redis that fails', () => {
  let own: Breakable
  beforeAll(async () => { own = await privateRedis() })
  afterAll(() => own.stop())

  it('X17: what is published while Redis is away is dropped without a word; later signals arrive', async () => {
    const signals = redisSignals({ url: own.url, prefix: freshRedisPrefix() })
    const heard: Signal[] = []
    await signals.listen((some) => heard.push(...some))
    await own.kill()
    const lost = Array.from({ length: 10_000 }, typing)
    for (const one of lost) expect(() => { signals.publish([one]) }).not.toThrow()
    await own.restart()
    const later = typing()
    await until(() => { signals.publish([later]); return heard.length > 0 })
    expect(heard[0]).toEqual(later)
    await signals.close()
  })
})
