import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { describe, expect, it } from 'vitest'
import { memoryKeyStore } from '../../adapters/memory/key-store.js'
import { memoryReadModels } from '../../adapters/memory/read-models.js'
import { memoryAudience } from '../../adapters/memory/read-models/audience.js'
import { memoryReaders } from '../../adapters/memory/read-models/readers.js'
import type { Position } from '../../events/event-store.js'
import { derivedId } from '../../events/ids.js'
import { createReadSide } from '../../read-side/create.js'
import { queryRoutes } from '../../read-side/api/routes.js'

const [account, conversation] = [derivedId('spec', 'account'), derivedId('spec', 'conversation')]
const head = '5' as Position

const models = memoryReadModels()
const readSide = createReadSide({
  readers: memoryReaders(models),
  audience: memoryAudience(models.audience),
  keyStore: memoryKeyStore(),
  handleDigest: (handle) => handle,
  clock: Date.now,
  progress: { progress: async () => head, changed: async (_seen, signal) => { if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve)) } },
})

const route = (operationId: string, side = readSide) => {
  const found = queryRoutes(side).find((one) => one.operationId === operationId)
  if (found === undefined) throw new Error(`no route ${operationId}`)
  return found
}

const get = (operationId: string, query: object, params: object = {}, side = readSide) =>
  route(operationId, side).handle({ caller: { account, device: account }, params, query, body: undefined, address: '' })()

const takes = (operationId: string, query: object): boolean => Compile(route(operationId).schema.querystring as TSchema).Check(query)

describe('the queries over HTTP', () => {
  it('Z1: every one is for accounts and described', () => {
    const routes = queryRoutes(readSide)
    expect(routes.map(({ url }) => url)).toEqual([
      '/v1/inbox', '/v1/conversations/:conversation', '/v1/conversations/:conversation/messages', '/v1/conversations/:conversation/messages/:sequence',
      '/v1/conversations/:conversation/events', '/v1/conversations/:conversation/read-states', '/v1/notifications', '/v1/account', '/v1/accounts',
      '/v1/account/following', '/v1/account/followers', '/v1/account/close-friends', '/v1/account/blocked', '/v1/account/hidden-from', '/v1/account/muted', '/v1/account/settings',
    ])
    for (const { method, access, summary, schema } of routes) {
      expect([method, access]).toEqual(['GET', 'account'])
      expect(summary.length).toBeGreaterThan(10)
      expect(schema.response[200]).toBeDefined()
    }
  })

  it('answers 200 with the view, and what is not there as not-found', async () => {
    expect(await get('inbox', {})).toEqual(E.right({ status: 200, body: { conversations: [] } }))
    for (const operation of ['conversation', 'timeline', 'events', 'readStates']) {
      expect(await get(operation, {}, { conversation })).toMatchObject({ left: { status: 404 } })
    }
    expect(await get('message', {}, { conversation, sequence: 3 })).toMatchObject({ left: { status: 404 } })
    expect(await get('account', {})).toMatchObject({ left: { status: 404 } })
  })

  it('pages have bounds', () => {
    for (const limit of [1, 200]) expect(takes('inbox', { limit })).toBe(true)
    for (const limit of [0, 201, 1.5, '10; DROP TABLE']) expect(takes('inbox', { limit })).toBe(false)
    expect(takes('timeline', { newerThan: -1 })).toBe(true)
    expect(takes('timeline', { olderThan: -1 })).toBe(false)
    expect(takes('events', { from: 0, unknown: 1 })).toBe(false)
  })

  it('one direction at a time', async () => {
    expect(await get('timeline', { olderThan: 5, newerThan: 1 }, { conversation })).toMatchObject({ left: { status: 400 } })
  })

  it('accounts are asked for by handle or by ids', async () => {
    expect(await get('accounts', { ids: `${account},${conversation}` })).toEqual(E.right({ status: 200, body: [] }))
    expect(await get('accounts', { handle: 'anna' })).toMatchObject({ left: { status: 404 } })
    for (const query of [{}, { ids: '' }, { ids: 'x' }, { ids: `${account},` }, { ids: account, handle: 'anna' }]) {
      expect(await get('accounts', query)).toMatchObject({ left: { status: 400 } })
    }
  })

  it('?after= waits for the read models, and does not ask before', async () => {
    const order: string[] = []
    const watched = {
      ...readSide,
      waitFor: (position: Position) => TE.fromIO(() => { order.push(`waited for ${position}`) }),
      inbox: () => TE.fromIO(() => { order.push('asked'); return { conversations: [] } }),
    }
    expect(takes('inbox', { after: '00000000000000000005' })).toBe(true)
    expect(takes('inbox', { after: 'no position' })).toBe(false)
    await get('inbox', { after: '5' }, {}, watched)
    await get('inbox', {}, {}, watched)
    expect(order).toEqual(['waited for 5', 'asked', 'asked'])
    expect(await get('inbox', { after: head })).toMatchObject({ right: { status: 200 } })
  })
})
