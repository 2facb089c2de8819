import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { redisFanOut, type RedisFanOut } from '../../adapters/redis/fan-out.js'
import type { CommittedBatch } from '../../events/committed.js'
import { describeWith, freshRedisPrefix, privateRedis, type Breakable } from '../support/services/index.js'
import { tcpProxy } from '../support/tcp-proxy.js'
import { until } from '../support/until.js'
import { chain, fanOutContract, isChain } from './fan-out/index.js'

const PARTITIONS = 4

const processes = (url: string, prefix = freshRedisPrefix(), onProblem = (_doing: string): void => undefined): [RedisFanOut, RedisFanOut, RedisFanOut] => {
  const one = () => redisFanOut({ url, prefix, partitions: PARTITIONS, onProblem: ({ doing }) => onProblem(doing) })
  return [one(), one(), one()]
}

const closeAll = (all: ReadonlyArray<RedisFanOut>) => Promise.all(all.map(({ close }) => close())).then(() => undefined)

describeWith(['redis'], 'Redis', ({ redis }) => {
  fanOutContract('Redis', async () => {
    const [announcer, ...gateways] = processes(redis.url)
    return { announcer, gateways, partitions: PARTITIONS, close: () => closeAll([announcer, ...gateways]) }
  })

  it('X17: takes a message that it cannot read for a gap', async () => {
    const [prefix, problems] = [freshRedisPrefix(), Array<string>()]
    const [announcer, gateway, idle] = processes(redis.url, prefix, (doing) => problems.push(doing))
    let [gaps, heard] = [0, 0]
    gateway.onGap(() => { gaps += 1 })
    await gateway.listen(() => { heard += 1 })
    const other = new Redis(redis.url)
    for (const text of ['', '{}', '[2,0,"start","1",[]]', '[1,0,"start","1",[["conversation-1"]]]']) await other.spublish(`${prefix}committed.0`, text)
    await until(() => gaps === 4)
    expect([heard, problems]).toEqual([0, Array(4).fill('reading a message')])
    other.disconnect()
    await closeAll([announcer, gateway, idle])
  })
})

describeWith(['redis'], 'a Redis that fails', () => {
  let own: Breakable
  beforeAll(async () => { own = await privateRedis() })
  afterAll(() => own.stop())

  it('X17: killed and restarted: a gap is told once the listener is subscribed again, and later batches arrive', async () => {
    const [announcer, gateway, idle] = processes(own.url)
    const heard: CommittedBatch[] = []
    const gapsAfter: number[] = []
    gateway.onGap(() => gapsAfter.push(heard.length))
    await gateway.listen((batch) => heard.push(batch))
    const [first, lost, ...later] = chain(0, 0, 9)
    if (first !== undefined) announcer.announce(first)
    await until(() => heard.length === 1)
    expect(gapsAfter).toEqual([])

    await own.kill()
    if (lost !== undefined) announcer.announce(lost)
    await own.restart()
    await until(() => gapsAfter.length === 1)
    later.forEach(announcer.announce)
    await until(() => heard.at(-1)?.through === later.at(-1)?.through)
    const places = heard.map(({ through }) => through)
    expect(new Set(places).size).toBe(places.length)
    expect(places).toEqual(places.toSorted())
    await closeAll([announcer, gateway, idle])
  })

  it('X17: announcing while Redis is away neither throws nor piles up, and the break shows in the chain', async () => {
    const problems: string[] = []
    const [announcer, gateway, idle] = processes(own.url, undefined, (doing) => problems.push(doing))
    const heard: CommittedBatch[] = []
    await gateway.listen((batch) => heard.push(batch))
    const [first, ...rest] = chain(0, 0, 400)
    if (first !== undefined) announcer.announce(first)
    await until(() => heard.length === 1)
    await own.kill()
    const large = rest.map((batch) => ({ ...batch, events: batch.events.map((event) => ({ ...event, sealed: new Uint8Array(50_000) })) }))
    for (const batch of large.slice(0, 399)) expect(() => announcer.announce(batch)).not.toThrow()
    expect(problems.filter((doing) => doing === 'announcing a batch').length).toBeGreaterThan(200)
    await own.restart()
    const last = large.at(-1)
    await until(() => {
      if (last !== undefined) announcer.announce(last)
      return heard.some(({ through }) => through === last?.through)
    })
    expect(isChain(heard)).toBe(false)
    await closeAll([announcer, gateway, idle])
  })

  it('a listener that starts before Redis is there begins to hear when it comes', async () => {
    await own.kill()
    const [announcer, gateway, idle] = processes(own.url)
    const heard: CommittedBatch[] = []
    const listening = gateway.listen((batch) => heard.push(batch))
    await own.restart()
    await listening
    chain(2, 0, 2).forEach(announcer.announce)
    await until(() => heard.length === 3)
    await closeAll([announcer, gateway, idle])
  })

  it('G7: a connection that is cut is replaced, with a gap told', async () => {
    const proxy = await tcpProxy()
    const port = Number(new URL(own.url).port)
    proxy.lead(port)
    const [announcer, gateway, idle] = processes(`redis://127.0.0.1:${proxy.port}`)
    let gaps = 0
    gateway.onGap(() => { gaps += 1 })
    await gateway.listen(() => undefined)
    proxy.lead(undefined)
    proxy.lead(port)
    await until(() => gaps === 1)
    await closeAll([announcer, gateway, idle])
    await proxy.close()
  })
})
