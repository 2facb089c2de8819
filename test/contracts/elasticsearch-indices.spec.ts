import * as E from 'fp-ts/lib/Either.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { elasticsearchSearchIndex, type ElasticsearchOptions } from '../../adapters/elasticsearch/search-index.js'
import { describeWith, dropIndices, freshIndexPrefix, privateElasticsearch, type Breakable } from '../support/services/index.js'
import { until } from '../support/until.js'
import { aDocument, contentsOf, filled, put, question, remove, right, sequencesOf, text, word } from './search-index/documents.js'

const cluster: ElasticsearchOptions['layout'] = { shards: 5, replicas: 2 }
const singleNode: ElasticsearchOptions['layout'] = { shards: 1, replicas: 0 }

const [january, march] = [Date.UTC(2026, 0, 31, 23, 59, 59, 999), Date.UTC(2026, 2, 1)]
const [inJanuary, inMarch] = [aDocument('months', 1, text('snow'), { sentAt: january }), aDocument('months', 2, text('sun'), { sentAt: march })]
const foundBy = (asked: string) => question(['months'], { clauses: [word(asked)] })

describeWith(['elasticsearch'], 'S5: indices, aliases and the template on a real server', ({ elasticsearch: { url } }) => {
  const opened: Array<() => Promise<void>> = []
  const open = (layout: ElasticsearchOptions['layout'] = singleNode, prefix = freshIndexPrefix()) => {
    const index = elasticsearchSearchIndex({ urls: [url], prefix, layout })
    opened.push(() => index.close().then(() => dropIndices(url, prefix)))
    return { index, prefix }
  }
  afterAll(() => Promise.all(opened.map((close) => close())))
  const asked = async (path: string): Promise<Record<string, unknown>> => (await fetch(`${url}/${path}`)).json() as Promise<Record<string, unknown>>
  const indicesOf = async (prefix: string) => {
    const found = (await asked(`${prefix}*/_alias`)) as Record<string, { aliases: Record<string, { is_write_index?: boolean }> }>
    return Object.fromEntries(Object.entries(found).map(([name, { aliases }]) => [name, Object.keys(aliases).sort()]))
  }
  const write = (path: string, body: object) =>
    fetch(`${url}/${path}`, { method: 'PUT', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })

  it('X19: a document lies in the index of the UTC month of its send, under the alias that is searched', async () => {
    const { index, prefix } = open()
    await filled(index, [put(inJanuary), put(inMarch)])
    expect(await indicesOf(prefix)).toEqual({
      [`${prefix}messages-v1-2026.01`]: [`${prefix}messages`, `${prefix}messages-2026.01`],
      [`${prefix}messages-v1-2026.03`]: [`${prefix}messages`, `${prefix}messages-2026.03`],
    })
    expect([await asked(`${prefix}messages-v1-2026.01/_count`), await asked(`${prefix}messages/_count`)]).toMatchObject([{ count: 1 }, { count: 2 }])
  })

  it('S5: the first message of a month fails no search', async () => {
    const { index } = open()
    await filled(index, [put(inJanuary)])
    let isWriting = true
    const search = async () => { while (isWriting) expect(sequencesOf(await right(index.search(foundBy('snow'))))).toEqual([1]) }
    const write = async () => {
      for (const month of [4, 5, 6, 7]) await right(index.apply([put(aDocument('months', month, text('rain'), { sentAt: Date.UTC(2026, month) }))]))
      isWriting = false
    }
    await Promise.all([search(), write()])
  })

  it('X19: edits and deletions address the month of the send', async () => {
    const { index, prefix } = open()
    await filled(index, [put(inJanuary), put(inMarch)])
    await filled(index, [put({ ...inJanuary, indexed: text('ice') }, 9), remove(inMarch, 10)])
    expect(Object.keys(await indicesOf(prefix)).sort()).toEqual([`${prefix}messages-v1-2026.01`, `${prefix}messages-v1-2026.03`])
    expect([await right(index.search(foundBy('snow'))), await right(index.search(foundBy('ice'))), await right(index.search(foundBy('sun')))].map(sequencesOf)).toEqual([[], [1], []])
  })

  it.each([['cluster', cluster], ['single node', singleNode]] as const)('X18: the template gives new months their shards and copies, %s', async (_, layout) => {
    const { index, prefix } = open(layout)
    await filled(index, [put(inJanuary)])
    const { index_templates: templates } = await asked(`_index_template/${prefix}messages`)
    expect(templates).toMatchObject([{ index_template: { index_patterns: [`${prefix}messages-v1-*`] } }])
    const expected = { number_of_shards: String(layout.shards), number_of_replicas: String(layout.replicas), refresh_interval: '500ms' }
    expect(await asked(`${prefix}messages-v1-2026.01/_settings`)).toMatchObject({ [`${prefix}messages-v1-2026.01`]: { settings: { index: expected } } })
  })

  it('refuses fields that the mapping does not know', async () => {
    const { index, prefix } = open()
    await filled(index, [put(inJanuary)])
    expect((await write(`${prefix}messages-v1-2026.01/_doc/x`, { plaintext: 'x' })).status).toBe(400)
  })

  it('of a removed message nothing is left but its version, for longer than the server remembers deletions', async () => {
    const { index, prefix } = open()
    await filled(index, [put(inJanuary), remove(inJanuary, 4)])
    await write(`${prefix}messages/_settings`, { 'index.gc_deletes': '0s' })
    expect(await asked(`${prefix}messages-v1-2026.01/_doc/${inJanuary.conversation}:1`)).toMatchObject({ _version: 4, _source: {} })
    await filled(index, [put(inJanuary, 3)])
    expect(await contentsOf(index)).toEqual([])
  })

  it('S4: a message is found without a request to show it', async () => {
    const { index } = open()
    await right(index.apply([put(inJanuary)]))
    await until(async () => (await right(index.search(foundBy('snow')))).total === 1, 10_000)
  })

  it('writers that come to a new month at once make one index', async () => {
    const { index, prefix } = open()
    const other = open(singleNode, prefix).index
    const documents = Array.from({ length: 20 }, (_, at) => put(aDocument('at once', at, text('rain'), { sentAt: march })))
    await Promise.all(documents.map((change, at) => right((at % 2 === 0 ? index : other).apply([change]))))
    await right(index.refresh())
    expect(await right(index.search(question(['at once'])))).toMatchObject({ total: 20 })
    expect(Object.keys(await indicesOf(prefix)).sort()).toEqual([`${prefix}messages-v1-2026.03`])
  })

  it('a swap leaves one index a month with both aliases, and writers of other processes follow it', async () => {
    const { index, prefix } = open()
    const other = open(singleNode, prefix).index
    await filled(index, [put(inJanuary), put(inMarch)])
    const rebuild = await right(index.startRebuild())
    await right(rebuild.apply([put(inJanuary)]))
    await right(rebuild.swap())
    await right(rebuild.swap())
    await filled(other, [put(inMarch)])
    const names = Object.entries(await indicesOf(prefix)).sort(([one], [another]) => (one < another ? -1 : 1))
    expect(names).toEqual([
      [expect.stringMatching(new RegExp(`^${prefix}messages-v1-2026\\.01-[0-9a-f]{8}$`)), [`${prefix}messages`, `${prefix}messages-2026.01`]],
      [`${prefix}messages-v1-2026.03`, [`${prefix}messages`, `${prefix}messages-2026.03`]],
    ])
    expect(await contentsOf(other)).toHaveLength(2)
    expect(await asked(`${names[0]?.[0] ?? ''}/_settings`)).toMatchObject({ [names[0]?.[0] ?? '']: { settings: { index: { refresh_interval: '500ms' } } } })
  })

  it('a member of thousands of conversations, most of them in parts, finds each message once', async () => {
    const { index } = open()
    const rooms = Array.from({ length: 2_000 }, (_, at) => aDocument(`room ${at}`, 5, text('here'), { sentAt: march }))
    const hidden = Array.from({ length: 50 }, (_, at) => aDocument(`room ${at}`, 4, text('here'), { sentAt: march }))
    await filled(index, [...rooms, ...hidden].map((document) => put(document)))
    const allowed = rooms.map(({ conversation }, at) => ({ conversation, visible: at % 2 === 0 ? [{ from: 5, to: undefined }] : [{ from: 0, to: 2 }, { from: 5, to: 9 }] }))
    const pages: string[] = []
    for (let after = undefined as Parameters<typeof index.search>[0]['after']; ;) {
      const page = await right(index.search(question([], { clauses: [word('here')], allowed, limit: 700, order: 'relevance', after })))
      expect(page.total).toBe(2_000)
      pages.push(...page.hits.map(({ messageId }) => messageId))
      after = page.hits.at(-1)
      if (!page.more) break
    }
    expect([pages.length, new Set(pages).size]).toEqual([2_000, 2_000])
  })
})

describeWith(['elasticsearch'], 'S7: an Elasticsearch that dies', () => {
  let own: Breakable
  beforeAll(async () => { own = await privateElasticsearch() })
  afterAll(() => own.stop())

  it('says so, and holds what it acknowledged when it is back', async () => {
    const index = elasticsearchSearchIndex({ urls: [own.url], prefix: 'dies-', layout: singleNode })
    await right(index.apply([put(inJanuary), put(inMarch)]))
    await right(index.apply([remove(inMarch, 5)]))
    await own.kill()
    for (const outcome of await Promise.all([index.search(foundBy('snow'))(), index.apply([put(inMarch, 7)])(), index.refresh()(), index.startRebuild()()])) {
      expect(outcome).toEqual(E.left({ _tag: 'SearchUnavailable', retryAfterMs: expect.any(Number), reason: expect.any(String) }))
    }
    await own.restart()
    await right(index.apply([put(inMarch)]))
    await right(index.refresh())
    expect(await contentsOf(index)).toEqual([expect.stringContaining('snow')])
    await right(index.apply([put(inMarch, 7)]))
    await right(index.refresh())
    expect(sequencesOf(await right(index.search(foundBy('sun'))))).toEqual([2])
    await index.close()
  })

  it('its words never come back in a reason', async () => {
    const index = elasticsearchSearchIndex({ urls: ['http://127.0.0.1:1'], prefix: 'secret-', layout: singleNode })
    expect(JSON.stringify(await index.search(foundBy('confidential'))())).not.toContain('confidential')
    await index.close()
  })
})

describe('an Elasticsearch that was never there', () => {
  it('opens all the same: search is away, nothing else', async () => {
    const index = elasticsearchSearchIndex({ urls: ['http://127.0.0.1:1'], prefix: 'none-', layout: singleNode })
    expect(await index.search(foundBy('snow'))()).toMatchObject({ left: { _tag: 'SearchUnavailable' } })
    await index.close()
  })
})
