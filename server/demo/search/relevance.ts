import type { SearchPage } from '../../../read-side/search/views.js'
import type { Enter, Participant } from '../participant.js'
import { groupSaying, personOf } from './cases.js'
import { corpus } from './relevance/corpus.js'
import { ndcg } from './relevance/ndcg.js'
import { questions } from './relevance/questions.js'

const HITS = 10

/** Says the corpus of the shared set among the asker's friends, and once more where the asker is not. */
export const plantCorpus = async (enter: Enter): Promise<{ readonly asker: Participant; readonly position: string | undefined }> => {
  const [asker, other] = [await personOf(enter)('rosa'), await personOf(enter)('robin')]
  const texts = Object.values(corpus)
  await groupSaying(other, [], texts.map((text) => [other, text] as const))
  const { last } = await groupSaying(asker, [], texts.map((text) => [asker, text] as const))
  return { asker, position: last.position }
}

const nameOf = new Map(Object.entries(corpus).map(([name, text]) => [text, name]))

/** Mean nDCG@10 over the questions of the set whose messages are not all wanted alike, as asked over HTTP. */
export const relevanceOf = async (ask: (asked: Readonly<Record<string, unknown>>) => Promise<SearchPage>) => {
  const ranked = questions.filter(({ grades }) => new Set(Object.values(grades)).size > 1)
  const scores: number[] = []
  for (const { asked, typos, grades } of ranked) {
    const { hits } = await ask({ q: asked.replace(' (may be misspelt)', ''), typos, limit: HITS })
    const found = hits.map(({ message: { content } }) => (content !== null && 'text' in content ? grades[nameOf.get(content.text) ?? ''] : undefined) ?? 0)
    scores.push(ndcg(found, Object.values(grades), HITS))
  }
  return { questions: ranked.length, mean: scores.reduce((sum, score) => sum + score, 0) / scores.length }
}
