import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { elasticsearchSearchIndex } from '../../adapters/elasticsearch/search-index.js'
import { memorySearchIndex } from '../../adapters/memory/search-index.js'
import { ensureReadModels } from '../../adapters/postgres/projections/ensure-read-models.js'
import { postgresSearchModel } from '../../adapters/postgres/search/model.js'
import { postgresSearchIndex } from '../../adapters/postgres/search/search-index.js'
import type { SearchOrder } from '../../events/search/index-port.js'
import { migratedDatabase } from '../support/migrated-database.js'
import { corpus } from '../../server/demo/search/relevance/corpus.js'
import { ndcg } from '../../server/demo/search/relevance/ndcg.js'
import { questions, type JudgedQuestion } from '../../server/demo/search/relevance/questions.js'
import { describeWith, dropIndices, freshIndexPrefix } from '../support/services/index.js'
import { aDocument, filled, put, question, right, text, type OpenSearchIndex } from './search-index/documents.js'

const HITS = 10
/** Of the questions whose messages are not all wanted alike. */
const LEAST_MEAN = 0.95

const names = Object.keys(corpus)
const documents = ['relevance', 'somebody else'].flatMap((room) => names.map((name, at) => aDocument(room, at, text(corpus[name] ?? ''))))

const isRanked = ({ grades }: JudgedQuestion): boolean => new Set(Object.values(grades)).size > 1

/** S1, S11: each engine finds what was planted, and what is wanted first. One engine for another: the same hits. */
const relevanceOf = (engine: string, open: () => Promise<OpenSearchIndex>): void => {
  describe(`relevance, ${engine}`, () => {
    let opened: OpenSearchIndex | undefined
    beforeAll(async () => {
      opened = await open()
      await filled(opened.index, documents.map((document) => put(document)))
    })
    afterAll(() => opened?.close())

    const ask = async ({ clauses, typos }: JudgedQuestion, order: SearchOrder = 'relevance'): Promise<ReadonlyArray<string>> => {
      if (opened === undefined) throw new Error('the index did not open')
      const { hits } = await right(opened.index.search(question(['relevance'], { clauses, typos, order })))
      return hits.map(({ sequence }) => names[sequence] ?? '')
    }

    it.each(questions.map((one) => [one.asked, one] as const))('S1, S11: %s finds what was planted, and nothing else', async (_, one) => {
      expect((await ask(one)).toSorted()).toEqual(Object.keys(one.grades).sort())
    })

    const scoresBy = async (order: SearchOrder) => {
      const scores: Array<readonly [asked: string, score: number]> = []
      for (const one of questions.filter(isRanked)) {
        const found = await ask(one, order)
        scores.push([one.asked, ndcg(found.map((name) => one.grades[name] ?? 0), Object.values(one.grades), HITS)])
      }
      return { mean: scores.reduce((sum, [, score]) => sum + score, 0) / scores.length, scores }
    }

    it(`S11: nDCG@${HITS} is at least ${LEAST_MEAN}, far over that of the newest first`, async () => {
      const [{ mean, scores }, unranked] = [await scoresBy('relevance'), await scoresBy('recency')]
      const worse = scores.flatMap(([asked, score]) => (score < 0.999 ? [`${asked} ${score.toFixed(3)}`] : []))
      process.stdout.write(`nDCG@${HITS} of ${engine}: ${mean.toFixed(3)} (newest first: ${unranked.mean.toFixed(3)}) over ${scores.length} questions; below 1: ${worse.join(', ')}\n`)
      expect(mean).toBeGreaterThanOrEqual(LEAST_MEAN)
      expect(mean).toBeGreaterThan(unranked.mean + 0.1)
    })
  })
}

relevanceOf('memory', async () => ({ index: memorySearchIndex(), close: async () => undefined }))

describeWith(['postgres'], 'Postgres', () =>
  relevanceOf('Postgres', async () => {
    const { pool, drop } = await migratedDatabase()
    await ensureReadModels(pool, [postgresSearchModel])
    return { index: postgresSearchIndex(pool), close: drop }
  }))

describeWith(['elasticsearch'], 'Elasticsearch', ({ elasticsearch: { url } }) =>
  relevanceOf('Elasticsearch', async () => {
    const prefix = freshIndexPrefix()
    const index = elasticsearchSearchIndex({ urls: [url], prefix, layout: { shards: 5, replicas: 0 } })
    return { index, close: () => index.close().then(() => dropIndices(url, prefix)) }
  }))
