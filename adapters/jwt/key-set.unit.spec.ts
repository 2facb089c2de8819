import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import * as E from 'fp-ts/lib/Either.js'
import { exportJWK, generateKeyPair, type JWK } from 'jose'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { until } from '../../test/support/until.js'
import { keysOf } from './key-set.js'

const minute = 60_000

describe("an issuer's keys by URL", () => {
  let jwk: JWK
  let served: { status: number; keys: JWK[]; asked: number }
  let server: Server
  let url: string
  let time: number
  beforeAll(async () => { jwk = await exportJWK((await generateKeyPair('ES256', { extractable: true })).publicKey) })
  beforeEach(async () => {
    time = 1_800_000_000_000
    served = { status: 200, keys: [{ ...jwk, kid: 'k1' }], asked: 0 }
    server = createServer((_, answer) => {
      served.asked += 1
      answer.writeHead(served.status).end(JSON.stringify({ keys: served.keys }))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`
  })
  afterEach(() => { server.close() })

  const finder = () => {
    const find = keysOf(url, () => time)
    return (kid: string) => find({ alg: 'ES256', kid }, { payload: '', signature: '' })
  }

  it('many that ask at once ask the issuer once', async () => {
    const find = finder()
    const found = await Promise.all(Array.from({ length: 20 }, () => find('k1')))
    expect([found.every(E.isRight), served.asked]).toEqual([true, 1])
  })

  it('an unknown key asks once more; strangers cannot make it ask again before 10 s', async () => {
    const find = finder()
    await find('k1')
    time += 10_000
    for (let at = 0; at < 50; at += 1) expect(await find(`stranger ${at}`)).toEqual(E.left('UnknownKey'))
    expect(served.asked).toBe(2)
    served.keys = [...served.keys, { ...jwk, kid: 'k2' }]
    time += 10_000
    expect(await find('k2')).toMatchObject({ _tag: 'Right' })
    expect(served.asked).toBe(3)
  })

  it('a key that was taken out is not good any more once the set was renewed', async () => {
    const find = finder()
    await find('k1')
    served.keys = [{ ...jwk, kid: 'k2' }]
    time += 10 * minute
    await find('k1')
    await until(async () => E.isLeft(await find('k1')))
    expect(await find('k1')).toEqual(E.left('UnknownKey'))
  })

  it('an issuer that is away: known keys stay good for an hour, whatever else is asked cannot be said', async () => {
    const find = finder()
    await find('k1')
    served.status = 500
    time += 59 * minute
    expect(await find('k1')).toMatchObject({ _tag: 'Right' })
    expect(await find('k2')).toEqual(E.left('Unavailable'))
    time += minute
    expect(await find('k1')).toEqual(E.left('Unavailable'))
    served.status = 200
    time += 10_000
    expect(await find('k1')).toMatchObject({ _tag: 'Right' })
  })

  it.each([['nobody listens', () => { server.close() }], ['it answers nonsense', () => { served.keys = 'x' as unknown as JWK[] }]])('when %s, nothing can be said', async (_case, spoil) => {
    spoil()
    expect(await finder()('k1')).toEqual(E.left('Unavailable'))
  })
})
