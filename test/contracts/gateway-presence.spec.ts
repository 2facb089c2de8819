import { afterAll, beforeAll, describe, expect } from 'vitest'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { memoryPresenceStore } from '../../adapters/memory/presence-store.js'
import { memorySignals } from '../../adapters/memory/signals.js'
import { memorySocketServer } from '../../adapters/memory/socket-server.js'
import { redisPresenceStore } from '../../adapters/redis/presence-store.js'
import { redisSignals } from '../../adapters/redis/signals.js'
import { uwsSocketServer } from '../../adapters/uws/socket-server.js'
import type { Gateway } from '../../gateway/index.js'
import type { Signal } from '../../gateway/ports.js'
import { gatewayStack, type BesideTheLog, type GatewayStack } from '../support/gateway-stack.js'
import { describeWith, freshRedisPrefix } from '../support/services/index.js'
import { webSocketServer } from '../support/web-socket-client.js'
import { presence, type TwoGateways } from './gateway/presence.js'

interface Opened extends TwoGateways {
  readonly close: () => Promise<void>
}

/** What is published is counted; the second gateway can fall silent. */
const watched = (ones: BesideTheLog, others: BesideTheLog) => {
  const published: Signal[] = []
  let silent = false
  const counting = ({ signals, presenceStore }: BesideTheLog, mayBeSilent: boolean): BesideTheLog => ({
    signals: { ...signals, publish: (some) => { published.push(...some); signals.publish(some) } },
    presenceStore: { ...presenceStore, say: (...said) => (mayBeSilent && silent ? TE.right(undefined) : presenceStore.say(...said)) },
  })
  return { published, beside: [counting(ones, false), counting(others, true)] as const, silence: () => { silent = true } }
}

const opened = (stack: GatewayStack, gateways: ReadonlyArray<Gateway>, rest: Omit<TwoGateways, 'stack'>, closeRest: () => Promise<unknown>): Opened => ({
  stack, ...rest,
  close: async () => {
    await Promise.all(gateways.map((gateway) => gateway.close()))
    await closeRest()
    await stack.close()
    expect(stack.defects).toEqual([])
  },
})

const inMemory = async (): Promise<Opened> => {
  const stack = await gatewayStack()
  const memory = { signals: memorySignals(), presenceStore: memoryPresenceStore() }
  const { beside, ...rest } = watched(memory, memory)
  const sockets = [memorySocketServer([]), memorySocketServer([])] as const
  const gateways = await Promise.all(sockets.map((server, index) => stack.another(server, undefined, beside[index])))
  return opened(stack, gateways, { sockets, ...rest }, async () => undefined)
}

const overRedis = async (url: string): Promise<Opened> => {
  const stack = await gatewayStack()
  const prefix = freshRedisPrefix()
  const redis = () => ({ signals: redisSignals({ url, prefix }), presenceStore: redisPresenceStore({ url, prefix }) })
  const both = [redis(), redis()] as const
  const { beside, ...rest } = watched(...both)
  const open = (index: 0 | 1) => stack.another(uwsSocketServer({ host: '127.0.0.1', port: 0, allowedOrigins: [] }), undefined, beside[index])
  const gateways = [await open(0), await open(1)] as const
  const at = ({ port }: Gateway) => webSocketServer(`ws://127.0.0.1:${port}`)
  return opened(stack, gateways, { sockets: [at(gateways[0]), at(gateways[1])], ...rest }, () =>
    Promise.all(both.flatMap(({ signals, presenceStore }) => [signals.close(), presenceStore.close()])))
}

const holds = (open: () => Promise<Opened>): void => {
  let two: Opened | undefined
  beforeAll(async () => { two = await open() })
  afterAll(async () => { await two?.close() })
  presence(() => {
    if (two === undefined) throw new Error('the gateways did not open')
    return two
  })
}

describe('signals of two gateways in one process', () => { holds(inMemory) })

describeWith(['redis'], 'signals of two gateways over real sockets and Redis', ({ redis }) => { holds(() => overRedis(redis.url)) })
