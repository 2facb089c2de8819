import { connect } from 'node:net'
import * as TE from 'fp-ts/lib/TaskEither.js'
import Type from 'typebox'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Id } from '../../events/ids.js'
import { closed } from '../../events/schemas/common.js'
import type { Problem } from '../../events/wire/answers.js'
import { ConversationCommand, Counter } from '../../events/wire/commands.js'
import { problem } from '../../events/wire/problems.js'
import { newId } from '../../platform/identifiers.js'
import { httpDoor, trustingAuthenticator, type HttpDoor } from '../../test/support/http-door.js'
import type { ApiCaller, ApiRoute } from './api-route.js'
import { openApiDocument } from './application.js'

const account = newId()
const device = newId()
const canary = 'canary-3f9d'
const heard: unknown[] = []

const route = (more: Partial<ApiRoute> & Pick<ApiRoute, 'url' | 'operationId'>): ApiRoute => ({
  method: 'GET', summary: more.operationId, tags: ['test'], access: 'open', schema: { response: { 200: closed({}) } },
  handle: ({ params, query, body }) => {
    heard.push({ params, query, body })
    return TE.right({ status: 200, body: { params, query, body } })
  },
  ...more,
})

const command = closed({ counter: Counter, command: ConversationCommand })
const routes: ReadonlyArray<ApiRoute> = [
  route({ method: 'POST', url: '/v1/things/:id/commands', operationId: 'command', schema: { params: closed({ id: Id }), body: command, response: { 200: closed({}) } } }),
  route({
    url: '/v1/things/:id', operationId: 'thing',
    schema: {
      params: closed({ id: Id }),
      querystring: closed({ limit: Type.Optional(Type.Integer({ minimum: 1 })), all: Type.Optional(Type.Boolean()), ids: Type.Optional(Type.Array(Id)), word: Type.Optional(Type.String()) }),
      response: { 200: closed({}) },
    },
  }),
  route({ url: '/v1/me', operationId: 'me', access: 'account', handle: ({ caller }: { caller: ApiCaller }) => TE.right({ status: 200, body: caller }) }),
  route({ url: '/v1/device', operationId: 'device', access: 'device', handle: ({ caller }: { caller: ApiCaller }) => TE.right({ status: 200, body: caller }) }),
  route({ method: 'DELETE', url: '/v1/gone', operationId: 'gone', schema: { response: { 204: Type.Null() } }, handle: () => TE.right({ status: 204, body: undefined }) }),
  route({ url: '/v1/busy', operationId: 'busy', handle: () => TE.left(problem('busy', { retryAfterMs: 1_200 })) }),
  route({ url: '/v1/defect', operationId: 'defect', handle: () => async () => { throw Object.assign(new Error(`${canary} in a message`), { statusCode: 404 }) } }),
]

const problemType = (code: string): string => `urn:tidings:problem:${code}`

describe('the HTTP listener', () => {
  let door: HttpDoor
  let ready: ReadonlyArray<string> = []
  beforeAll(async () => {
    door = await httpDoor({
      routes, authenticator: trustingAuthenticator([account]), allowedOrigins: ['https://app.example'],
      health: { alarms: () => [{ name: 'story-sweep-late', detail: 'oldest 2 h' }], notReady: () => ready },
      extra: [{ url: '/asyncapi.json', mediaType: 'application/json', text: '{}' }],
    })
  })
  afterAll(() => door.close())

  const ask = (path: string, init: RequestInit = {}) => fetch(`${door.url}${path}`, init)
  const refusal = async (answer: Response): Promise<Problem> => {
    expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8')
    return (await answer.json()) as Problem
  }
  const post = (body: string | Uint8Array<ArrayBuffer>, type = 'application/json') =>
    ask(`/v1/things/${account}/commands`, { method: 'POST', body, headers: { 'content-type': type } })
  const refusedBody = async (body: string | Uint8Array<ArrayBuffer>): Promise<Problem> => {
    const before = heard.length
    const answer = await refusal(await post(body))
    expect(heard.length, 'the handler must not hear of it').toBe(before)
    return answer
  }
  const send = (more: object = {}) => ({ counter: 1, command: { type: 'SendMessage', messageId: account, content: { text: 'hello' }, ...more } })

  it('a valid body reaches the handler as it was sent', async () => {
    const answer = await post(JSON.stringify(send()))
    expect([answer.status, await answer.json()]).toMatchObject([200, { body: send(), params: { id: account } }])
  })

  it.each([
    ['an unknown field', { ...send(), extra: 1 }, [{ path: '/body/extra', message: 'unknown field' }]],
    ['an unknown field deep inside', send({ content: { text: 'a', html: 'b' } }), [{ path: '/body/command/content/html', message: 'unknown field' }]],
    ['a missing field', { counter: 1, command: { type: 'SendMessage', content: { text: 'a' } } }, [{ path: '/body/command/messageId', message: 'required' }]],
    ['a wrong type', { ...send(), counter: '1' }, [{ path: '/body/counter', message: 'must be integer' }]],
    ['several at once', { counter: 0, command: { type: 'PinMessage', target: -1, why: 'x' } }, [
      { path: '/body/counter', message: 'must be >= 1' }, { path: '/body/command/why', message: 'unknown field' }, { path: '/body/command/target', message: 'must be >= 0' },
    ]],
    ['no body', undefined, [{ path: '/body', message: 'must be object' }]],
  ])('%s is refused with its place', async (_case, body, errors) => {
    const answer = await refusedBody(body === undefined ? '' : JSON.stringify(body))
    expect(answer).toMatchObject({ type: problemType('malformed'), status: 400 })
    expect(answer.errors).toHaveLength(errors.length)
    expect(answer.errors).toEqual(expect.arrayContaining(errors))
  })

  it('an unknown command is told which there are', async () => {
    const { errors } = await refusedBody(JSON.stringify({ counter: 1, command: { type: 'SendMassage' } }))
    expect(errors).toHaveLength(1)
    expect(errors?.[0]).toMatchObject({ path: '/body/command/type', message: expect.stringContaining('SendMessage, EditMessage') })
  })

  it.each([
    ['__proto__', '{"counter":1,"command":{"type":"LeaveConversation"},"__proto__":{"admin":true}}'],
    ['constructor', '{"counter":1,"command":{"type":"LeaveConversation","constructor":{"prototype":{"admin":true}}}}'],
  ])('the name %s is refused', async (name, body) => {
    expect((await refusedBody(body)).errors).toEqual([{ path: '/body', message: `the name ${name} is not allowed` }])
    expect(({} as { admin?: boolean }).admin).toBeUndefined()
  })

  it.each([
    ['JSON deeper than 16', `${'['.repeat(17)}${']'.repeat(17)}`, 'nested deeper than 16'],
    ['60,000 open brackets', '['.repeat(60_000), 'not JSON'],
    ['60,000 nested arrays', `${'['.repeat(30_000)}${']'.repeat(30_000)}`, 'nested deeper than 16'],
    ['no JSON', `{"text": "${canary}`, 'not JSON'],
    ['bytes that are no UTF-8', new Uint8Array([0x22, 0xc3, 0x28, 0x22]), 'not UTF-8'],
  ])('%s is refused', async (_case, body, message) => {
    expect((await refusedBody(body)).errors).toEqual([{ path: '/body', message }])
  })

  it('a body over 64 KiB is too large', async () => {
    expect(await refusedBody(JSON.stringify({ text: 'x'.repeat(65_536) }))).toMatchObject({ type: problemType('too-large'), status: 413 })
  })

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp', 'multipart/form-data; boundary=x'])('%s is not read', async (type) => {
    expect(await refusal(await post('{}', type))).toMatchObject({ type: problemType('unsupported-media-type'), status: 415 })
  })

  it('a body where none is expected is refused', async () => {
    const answer = await ask('/v1/gone', { method: 'DELETE', body: '{}', headers: { 'content-type': 'application/json' } })
    expect(await refusal(answer)).toMatchObject({ errors: [{ path: '/body', message: 'no body is expected' }] })
    const done = await ask('/v1/gone', { method: 'DELETE' })
    expect([done.status, await done.text()]).toEqual([204, ''])
  })

  it('numbers, booleans and lists in a query are read by the schema', async () => {
    const answer = await ask(`/v1/things/${account}?limit=20&all=true&ids=${device}&word=12`)
    expect(await answer.json()).toMatchObject({ query: { limit: 20, all: true, ids: [device], word: '12' } })
  })

  it.each(['limit=0x10', 'limit=1.5', 'limit=1e3', 'limit=', 'limit=1&limit=2', 'all=yes', `ids=${canary}`, 'q=1', '__proto__=1', 'constructor=1'])('the query %s is refused', async (query) => {
    expect(await refusal(await ask(`/v1/things/${account}?${query}`))).toMatchObject({ type: problemType('malformed') })
  })

  it('an error in the address says where', async () => {
    expect((await refusal(await ask(`/v1/things/x?limit=0`))).errors).toEqual([{ path: '/params/id', message: expect.stringContaining('pattern') }])
    expect((await refusal(await ask(`/v1/things/${account}?limit=0&q=1`))).errors).toEqual([{ path: '/query/q', message: 'unknown field' }, { path: '/query/limit', message: 'must be >= 1' }])
  })

  it('an id of another shape, also an encoded one, reaches nothing', async () => {
    for (const id of ['x', '%24all', '..%2f..', account.toUpperCase(), `${'a'.repeat(101)}`]) {
      expect([400, 404]).toContain((await refusal(await ask(`/v1/things/${id}`))).status)
    }
    expect(await refusal(await ask('/v1/things/%zz'))).toMatchObject({ status: 400 })
  })

  it('where nothing is: not-found; another method: which there are', async () => {
    expect(await refusal(await ask('/v1/nowhere'))).toMatchObject({ type: problemType('not-found'), status: 404 })
    const answer = await ask('/v1/gone')
    expect(answer.headers.get('allow')).toBe('DELETE')
    expect(await refusal(answer)).toMatchObject({ type: problemType('method-not-allowed'), status: 405 })
  })

  it('what is no HTTP is answered with a problem and cut', async () => {
    const text = await new Promise<string>((resolve) => {
      let received = ''
      const socket = connect(door.port, '127.0.0.1', () => socket.write(`GET / HTTP/1.1\r\nhost: x\r\nx-big: ${'x'.repeat(20_000)}\r\n\r\n`))
      socket.setEncoding('utf8').on('data', (chunk) => { received += String(chunk) }).on('close', () => { resolve(received) })
    })
    expect(text).toContain('HTTP/1.1 413')
    expect(text).toContain(problemType('too-large'))
  })

  it('E9: no route but an open one is reached without a token, and device routes need a device', async () => {
    const bearer = { authorization: `Bearer ${account}` }
    for (const path of ['/v1/me', '/v1/device']) {
      for (const authorization of [undefined, 'Bearer', `Bearer ${newId()}`, `Basic ${account}`, account]) {
        const answer = await ask(path, authorization === undefined ? {} : { headers: { authorization } })
        expect(answer.headers.get('www-authenticate')).toBe('Bearer')
        expect(await refusal(answer)).toMatchObject({ type: problemType('unauthenticated') })
      }
    }
    expect(await (await ask('/v1/me', { headers: bearer })).json()).toMatchObject({ account })
    expect(await refusal(await ask('/v1/device', { headers: bearer }))).toMatchObject({ errors: [{ path: '/header/Tidings-Device' }] })
    expect(await refusal(await ask('/v1/device', { headers: { ...bearer, 'tidings-device': '$all' } }))).toMatchObject({ status: 400 })
    expect(await (await ask('/v1/device', { headers: { ...bearer, 'tidings-device': device } })).json()).toMatchObject({ account, device })
  })

  it('a problem says when to come back', async () => {
    const answer = await ask('/v1/busy')
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '2'])
    expect(await refusal(answer)).toMatchObject({ retryAfterMs: 1_200 })
  })

  it('a defect is answered without a trace and logged under the request id', async () => {
    const answer = await ask('/v1/defect')
    const text = await answer.text()
    expect([answer.status, text.includes(canary), text.includes('at ')]).toEqual([500, false, false])
    const line = door.lines.find((one) => one.includes('a defect while answering') && one.includes(answer.headers.get('x-request-id') ?? '?'))
    expect(line).toContain('listener.unit.spec')
  })

  it('origins are let in exactly', async () => {
    const preflight = (origin: string) => ask('/v1/me', { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'GET' } })
    const allowed = await preflight('https://app.example')
    expect([allowed.status, allowed.headers.get('access-control-allow-origin')]).toEqual([204, 'https://app.example'])
    expect(allowed.headers.get('access-control-allow-headers')).toContain('tidings-device')
    for (const origin of ['https://app.example.evil', 'http://app.example', 'https://APP.example', 'null']) {
      const refused = await preflight(origin)
      expect([...refused.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([])
    }
    expect((await ask('/healthz', { headers: { origin: 'https://app.example' } })).headers.get('access-control-allow-origin')).toBe('https://app.example')
  })

  it('Z3: health tells alarms, readiness tells why not, metrics are scraped by route pattern', async () => {
    expect(await (await ask('/healthz')).json()).toEqual({ status: 'alive', alarms: [{ name: 'story-sweep-late', detail: 'oldest 2 h' }] })
    expect((await ask('/readyz')).status).toBe(200)
    ready = ['the timeline is 3 s behind']
    const notYet = await ask('/readyz')
    expect([notYet.status, await notYet.json()]).toEqual([503, { status: 'not ready', reasons: ready }])
    ready = []
    const metrics = await ask('/metrics')
    const text = await metrics.text()
    expect(metrics.headers.get('content-type')).toContain('text/plain')
    expect(text).toContain('tidings_http_request_duration_seconds_count{method="POST",route="/v1/things/:id/commands",status="200"}')
    expect(text).toContain('nodejs_eventloop_lag_p99_seconds')
  })

  it('logs and metrics carry no token, id, query or content', async () => {
    const [secret, word] = [`${canary}-token`, `${canary}-word`]
    await ask(`/v1/things/${account}?word=${word}`, { headers: { authorization: `Bearer ${secret}` } })
    await ask('/v1/me', { headers: { authorization: `Bearer ${secret}` } })
    await post(JSON.stringify(send({ content: { text: word } })))
    await post(`{"${word}": `)
    await ask(`/v1/${word}`)
    await ask('/v1/defect')
    const everything = [...door.lines, await (await ask('/metrics')).text()].join('\n')
    expect(door.lines.some((line) => line.includes('/v1/things/:id'))).toBe(true)
    for (const private_ of [canary, account]) expect(everything.includes(private_), private_).toBe(false)
  })

  it('pages are served as they are, and people have a page of the API', async () => {
    expect(await (await ask('/asyncapi.json')).text()).toBe('{}')
    expect(await (await ask('/docs/')).text()).toContain('swagger-ui')
    expect((await ask('/docs/static/swagger-ui-bundle.js')).status).toBe(200)
  })

  it('Z1: the document lists every route with its schemas, problems and security, and is the one that is served', async () => {
    const described = (await openApiDocument(routes)) as {
      readonly openapi: string
      readonly paths: Record<string, Record<string, { operationId: string; security: unknown[]; parameters?: { name: string; in: string }[]; responses: Record<string, { content?: object }> }>>
      readonly components: { readonly schemas: Record<string, unknown>; readonly securitySchemes: object }
    }
    expect(described.openapi).toBe('3.1.0')
    expect(await (await ask('/openapi.json')).json()).toEqual(JSON.parse(JSON.stringify(described)))
    for (const { method, url, operationId, schema } of routes) {
      const operation = described.paths[url.replace(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()]
      expect(operation?.operationId).toBe(operationId)
      expect(Object.keys(operation?.responses ?? {})).toEqual(expect.arrayContaining([...Object.keys(schema.response), '4XX', '5XX']))
    }
    expect(described.paths['/v1/device']?.['get']?.security).toEqual([{ accessToken: [], device: [] }])
    expect(described.paths['/v1/things/{id}']?.['get']?.parameters).toHaveLength(5)
    expect(Object.keys(described.components.securitySchemes)).toEqual(['accessToken', 'device'])
    const references = [...JSON.stringify(described).matchAll(/"\$ref":"([^"]+)"/g)].map(([, to]) => to)
    expect(new Set(references)).toEqual(new Set(['#/components/schemas/Problem']))
    expect(described.components.schemas['Problem']).toMatchObject({ type: 'object' })
  })
})

it('a route whose schema lets unknown fields through is not mounted', async () => {
  const open = route({ method: 'POST', url: '/v1/open', operationId: 'open', schema: { body: closed({ inner: Type.Array(Type.Object({ a: Type.String() })) }), response: {} } })
  await expect(httpDoor({ routes: [open] })).rejects.toThrow('open lets unknown fields through at body/inner/items')
})
