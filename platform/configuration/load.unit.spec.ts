import * as E from 'fp-ts/lib/Either.js'
import Type from 'typebox'
import { describe, expect, it } from 'vitest'
import { load } from './load.js'
import { setting, settingsObject } from './settings.js'

const schema = settingsObject({
  listenPort: setting(Type.Integer({ minimum: 0, maximum: 65_535 }), { default: 80, description: 'where to listen' }),
  brokers: setting(Type.Array(Type.String()), { default: ['a:1'], description: 'who relays' }),
  loud: setting(Type.Boolean(), { default: false, description: 'whether to shout' }),
  password: setting(Type.String({ minLength: 4 }), { default: 'none!', secret: true, description: 'a secret' }),
})
const loading = (environment: Record<string, string>, file: Record<string, unknown> = {}) =>
  load({ schema, prefix: 'APP', environment, file, ignored: ['APP_TEST_'] })
const reasons = (environment: Record<string, string>, file: Record<string, unknown> = {}) => {
  const loaded = loading(environment, file)
  return E.isLeft(loaded) ? loaded.left.reasons : []
}

describe('loading settings', () => {
  it('takes the environment over the file over the defaults, and says which', () =>
    expect(loading({ APP_LISTEN_PORT: '81' }, { listenPort: 82, loud: true })).toEqual(
      E.right({
        values: { listenPort: 81, brokers: ['a:1'], loud: true, password: 'none!' },
        sources: { listenPort: 'environment', brokers: 'default', loud: 'file', password: 'default' },
      }),
    ))

  it('reads lists as JSON or separated by commas', () => {
    for (const text of ['["b:1","c:2"]', 'b:1, c:2']) expect(loading({ APP_BROKERS: text })).toMatchObject({ right: { values: { brokers: ['b:1', 'c:2'] } } })
  })

  it('refuses an unknown name and tells the nearest', () =>
    expect(reasons({ APP_LISTEN_PROT: '1' }, { brokres: [] })).toEqual([
      'APP_LISTEN_PROT: no such setting; did you mean APP_LISTEN_PORT?', 'brokres: no such setting in the file; did you mean brokers?',
    ]))

  it('refuses bad values, all at once, and never shows a secret', () => {
    const found = reasons({ APP_LISTEN_PORT: 'x', APP_LOUD: 'yes', APP_PASSWORD: 'abc' })
    expect(found).toHaveLength(3)
    expect(found.join('\n')).toMatch(/APP_LISTEN_PORT: .*integer[^]*APP_LOUD: .*boolean[^]*APP_PASSWORD: the given value/)
    expect(found.join('\n')).not.toContain('abc')
  })

  it('leaves alone what the tests and the harness are told', () => expect(E.isRight(loading({ APP_TEST_URL: 'x', OTHER: 'y' }))).toBe(true))
})
