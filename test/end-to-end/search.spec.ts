import { createHmac, randomBytes } from 'node:crypto'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { words } from '../../events/search/normalise.js'
import type { Problem } from '../../events/wire/answers.js'
import { newId } from '../../platform/identifiers.js'
import type { SearchPage } from '../../read-side/search/views.js'
import { startServer, type ServerProcess } from '../support/server-process.js'
import { describeWith, dropIndices, freshIndexPrefix } from '../support/services/index.js'
import { signedUp, type Person } from '../support/signed-up.js'

const MINUTE_MS = 60_000

/** Under a search key that the server never has, as clients make them. */
const tokensUnder = (key: Uint8Array) => (text: string): string[] =>
  [...new Set(words(text).map((word) => createHmac('sha256', key).update(word).digest().subarray(0, 16).toString('base64url')))]

const searchOverHttp = (engine: string, environment: Readonly<Record<string, string>>): void => {
  describe(`search over HTTP, ${engine}`, () => {
    const directory = mkdtempSync(join(tmpdir(), 'tidings-search-'))
    let server: ServerProcess
    let [ada, bob, eve]: Person[] = []
    const person = (one: Person | undefined): Person => {
      if (one === undefined) throw new Error('nobody signed up')
      return one
    }
    beforeAll(async () => {
      chmodSync(directory, 0o711)
      server = await startServer(directory, environment)
      ;[ada, bob, eve] = [await signedUp(server, { handle: 'ada' }), await signedUp(server, { handle: 'bob' }), await signedUp(server, { handle: 'eve' })]
    }, 2 * MINUTE_MS)
    afterAll(async () => {
      for (const one of [ada, bob, eve]) await one?.client.close()
      await server.end('SIGTERM')
      rmSync(directory, { recursive: true, force: true })
    })

    const group = async (creator: Person, members: ReadonlyArray<Person>, encryption: 'readable' | 'e2ee' = 'readable'): Promise<string> => {
      const conversation = newId()
      const history = encryption === 'e2ee' ? 'sinceJoin' : 'shared'
      await creator.client.command(conversation, { type: 'CreateConversation', kind: 'group', encryption, history, members: members.map(({ account }) => account) })
      return conversation
    }
    const say = (by: Person, conversation: string, text: string) => by.client.command(conversation, { type: 'SendMessage', messageId: newId(), content: { text } })
    type Query = Readonly<Record<string, string | undefined>>
    const addressOf = (query: Query) => `/v1/search?${new URLSearchParams(Object.entries(query).flatMap(([name, value]): Array<[string, string]> => (value === undefined ? [] : [[name, value]]))).toString()}`
    const raw = async (by: Person, query: Query) => (await by.get(addressOf(query))).text()
    const page = async (by: Person, query: Query) => JSON.parse(await raw(by, query)) as SearchPage
    const found = async (by: Person, query: Query) =>
      (await page(by, query)).hits.map(({ message: { content } }) => (content !== null && 'text' in content ? content.text : content?.ciphertext))
    const refused = async (query: Query) => {
      const answer = await person(ada).get(addressOf(query))
      return (await answer.json()) as Problem
    }

    it('S1: every planted word is found by members, none by others; S11: edits and deletions act at once', async () => {
      const conversation = await group(person(ada), [person(bob)])
      const planted = ['tangerine', 'Größenwahn', 'crème brûlée', 'rendezvous']
      for (const word of planted) await say(person(bob), conversation, `about ${word} we spoke`)
      const { sequence, position } = await say(person(ada), conversation, 'a mistakee')
      for (const word of planted) expect(await found(person(ada), { q: word, after: position })).toEqual([`about ${word} we spoke`])
      for (const q of ['GROSSENWAHN', '"creme brulee"', 'rendez*']) expect(await found(person(bob), { q })).toHaveLength(1)
      expect(await found(person(ada), { q: 'rendezvuos', typos: 'true' })).toHaveLength(1)
      for (const word of planted) expect(await found(person(eve), { q: word })).toEqual([])

      const edited = await person(ada).client.command(conversation, { type: 'EditMessage', target: sequence, content: { text: 'no mistake' } })
      expect([await found(person(ada), { q: 'mistakee', after: edited.position }), await found(person(ada), { q: 'mistake' })]).toEqual([[], ['no mistake']])
      const deleted = await person(ada).client.command(conversation, { type: 'DeleteMessage', target: sequence })
      expect(await found(person(ada), { q: 'mistake', after: deleted.position })).toEqual([])

      const removed = await person(ada).client.command(conversation, { type: 'RemoveMember', userId: person(bob).account })
      const later = await say(person(ada), conversation, 'tangerine without him')
      expect(removed.sequence).toBeLessThan(later.sequence)
      expect(await found(person(bob), { q: 'tangerine', after: later.position })).toEqual(['about tangerine we spoke'])
    })

    it('S2, S3: filters in the text and as parameters, orders, pages, highlights and mode', async () => {
      const [one, other] = [await group(person(ada), [person(bob)]), await group(person(ada), [person(bob)])]
      for (let turn = 0; turn < 6; turn += 1) await say(turn % 2 === 0 ? person(ada) : person(bob), turn < 3 ? one : other, `zebra ${turn}`)
      const { position } = await say(person(ada), one, 'the end')
      expect(await found(person(ada), { q: `zebra sender_id:${person(bob).account}`, sort: 'recency', after: position })).toEqual(['zebra 5', 'zebra 3', 'zebra 1'])
      expect(await found(person(ada), { q: 'zebra', conversation_id: one, sort: 'recency' })).toEqual(['zebra 2', 'zebra 1', 'zebra 0'])
      expect(await found(person(ada), { q: 'zebra created_at:[2001-01-01 TO 2001-12-31]' })).toEqual([])
      expect(await found(person(ada), { q: 'zebra', from: '2001-01-01' })).toHaveLength(6)
      const bySender = (await page(person(ada), { q: 'zebra', sort: 'sender' })).hits.map(({ message: { sender } }) => sender)
      expect(bySender).toEqual(bySender.toSorted())

      const collected: unknown[] = []
      let next: string | undefined
      do {
        const answer: SearchPage = await page(person(ada), { q: 'zebra', sort: 'recency', limit: '4', cursor: next })
        collected.push(...answer.hits.map(({ message: { content } }) => content))
        next = answer.next
      } while (next !== undefined)
      expect(collected).toEqual([5, 4, 3, 2, 1, 0].map((turn) => ({ text: `zebra ${turn}` })))
      const [hit] = (await page(person(ada), { q: 'ZEB*', conversation_id: one })).hits
      expect(hit).toMatchObject({ mode: 'words', highlights: [{ from: 0, to: 5 }] })
    })

    it('S8: an outsider is answered to the byte the same, whatever others say', async () => {
      const own = await group(person(eve), [])
      const { position } = await say(person(eve), own, 'my own flamingo story')
      const questions: Query[] = [
        { q: 'flamingo' }, { q: 'flamingoo', typos: 'true' }, { q: 'flam*' }, { q: '"flamingo story"' }, { q: 'pelican' }, { q: 'flamingo', sort: 'recency' }, { q: 'flamingo', sort: 'sender' },
        { q: `flamingo sender_id:${person(ada).account}` }, { from: '2001-01-01' },
      ]
      const ask = () => Promise.all(questions.map((query) => raw(person(eve), query)))
      await raw(person(eve), { q: 'flamingo', after: position })
      const before = await ask()
      const foreign = await group(person(ada), [person(bob)])
      for (const text of ['flamingo', 'flamingo flamingo flamingo', 'flamingoes and a pelican', 'flaming flamingo story, flamingo story', 'pelican']) await say(person(bob), foreign, text)
      const last = await say(person(ada), foreign, 'flamingo story')
      expect(await found(person(ada), { q: 'flamingo', after: last.position })).toHaveLength(4)
      expect(await ask()).toEqual(before)
      const nothing = await raw(person(eve), { q: 'story', conversation_id: newId() })
      expect(await raw(person(eve), { q: 'story', conversation_id: foreign })).toBe(nothing)
    })

    it('S1: an e2ee conversation is found by blind tokens, all or any, and tells its mode', async () => {
      const conversation = await group(person(ada), [person(bob)], 'e2ee')
      const tokensOf = tokensUnder(randomBytes(32))
      const hide = (text: string) => person(ada).client.command(conversation, {
        type: 'SendMessage', messageId: newId(), content: { ciphertext: Buffer.from(`sealed ${text.length}`).toString('base64url'), tokens: tokensOf(text) },
      })
      const meadow = await hide('a green meadow')
      const { position } = await hide('a green hill beyond')
      const ask = async (by: Person, asked: object) => (await (await by.post('/v1/search', { after: position, ...asked })).json()) as SearchPage
      const sequences = async (by: Person, asked: object) => (await ask(by, asked)).hits.map(({ message: { sequence } }) => sequence).toSorted((a, b) => a - b)
      expect(await sequences(person(bob), { tokens: tokensOf('green meadow'), match: 'all' })).toEqual([meadow.sequence])
      expect(await sequences(person(bob), { tokens: tokensOf('green meadow'), match: 'any' })).toEqual([meadow.sequence, meadow.sequence + 1])
      expect(await sequences(person(bob), { tokens: tokensUnder(randomBytes(32))('green') })).toEqual([])
      expect(await sequences(person(eve), { tokens: tokensOf('green') })).toEqual([])
      expect((await ask(person(bob), { tokens: tokensOf('hill'), conversations: [conversation] }))).toMatchObject({ hits: [{ mode: 'tokens' }], modes: [{ conversation, mode: 'tokens' }] })
      expect((await page(person(bob), { q: 'green', conversation_id: conversation })).modes).toEqual([{ conversation, mode: 'none' }])
    })

    it.each<[string, Readonly<Record<string, string>>, string, RegExp]>([
      ['an unbalanced quotation mark', { q: 'so "open' }, '/q', /^at 3: .*not closed/],
      ['a bad date', { q: 'x created_at:[2026-02-30 TO *]' }, '/q', /^at 14: not a date/],
      ['a bad date parameter', { from: 'yesterday' }, '/from', /not a date/],
      ['a lone *', { q: '*' }, '/q', /^at 0: \* needs/],
      ['no question', {}, '/q', /ask for something/],
      ['8 KB of words', { q: 'word '.repeat(1_600) }, '/q', /^at 4096: longer/],
      ['a cursor of one\'s own', { q: 'x', cursor: 'bm9wZQ' }, '/cursor', /not a cursor/],
    ])('bad input: %s', async (_what, query, path, message) => {
      expect(await refused(query)).toMatchObject({ status: 400, errors: [{ path, message: expect.stringMatching(message) as unknown }] })
    })

    it('bad input: a question of 60 KB is refused at its place, one over 64 KB at the door', async () => {
      const answer = await person(ada).post('/v1/search', { q: 'word '.repeat(12_000) })
      expect([answer.status, ((await answer.json()) as Problem).errors?.[0]?.message]).toEqual([400, 'at 4096: longer than 4096 characters'])
      const q = 'word '.repeat(13_200)
      expect((await person(ada).post('/v1/search', { q })).status).toBe(413)
      expect([400, 413, 414, 431]).toContain((await person(ada).get(addressOf({ q }))).status)
    })

    it('S7: a process killed while it indexes loses nothing', async () => {
      const conversation = await group(person(ada), [])
      const said = await Promise.all(Array.from({ length: 150 }, (_, at) => say(person(ada), conversation, `walrus number ${at}`)))
      for (const one of [ada, bob, eve]) await one?.client.close()
      await server.end('SIGKILL')
      server = await startServer(directory, environment)
      ada = await again(person(ada), 'ada')
      const last = said.reduce((one, other) => (one.sequence > other.sequence ? one : other))
      const answer = await page(person(ada), { q: 'walrus', limit: '200', after: last.position })
      expect([answer.total, new Set(answer.hits.map(({ message: { sequence } }) => sequence)).size]).toEqual([150, 150])
    }, 2 * MINUTE_MS)

    /** The same person at the server's new address. */
    const again = async (one: Person, handle: string): Promise<Person> => {
      const body = JSON.stringify({ handle, password: `${handle}: correct horse battery` })
      const signedIn = await fetch(`${server.api}/v1/auth/sign-in`, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
      const { accessToken } = (await signedIn.json()) as { readonly accessToken: string }
      return { ...one, get: (path) => fetch(`${server.api}${path}`, { headers: { authorization: `Bearer ${accessToken}` } }) }
    }
  })
}

searchOverHttp('Postgres', {})

describeWith(['elasticsearch'], 'Elasticsearch', ({ elasticsearch: { url } }) => {
  const prefix = freshIndexPrefix().replace('_', '')
  afterAll(() => dropIndices(url, prefix))
  searchOverHttp('Elasticsearch', { TIDINGS_SEARCH: 'elasticsearch', TIDINGS_ELASTICSEARCH_URLS: url, TIDINGS_ELASTICSEARCH_PREFIX: prefix })
})
