import { durations, percentilesOf, record } from '../../../platform/durations.js'
import type { SearchPage } from '../../../read-side/search/views.js'
import type { Enter, Participant } from '../participant.js'
import type { Played } from '../play.js'
import { verdict } from '../report.js'
import { casesOfLogs, plant, type SearchCase } from './cases.js'
import { plantCorpus, relevanceOf } from './relevance.js'

/** Asks over the HTTP API as this person. */
export type AskSearch = (by: Participant, asked: Readonly<Record<string, unknown>>) => Promise<SearchPage>

const ROUNDS = 10

interface Outcome {
  readonly found: number
  readonly mode: string
  readonly flaw: string | undefined
}

const textOf = ({ message: { content } }: SearchPage['hits'][number]): string => (content === null ? '' : 'text' in content ? content.text : '(encrypted)')

const outcomeOf = ({ total, within, first }: SearchCase, page: SearchPage): Outcome => {
  const foreign = page.hits.filter(({ message }) => !within.includes(message.conversation)).length
  const [hit] = page.hits
  const flaws = [
    ...(foreign > 0 ? [`${foreign} FOREIGN hits`] : []),
    ...(page.total === total ? [] : [`${total} were to be found`]),
    ...(first === undefined || (hit !== undefined && textOf(hit) === first) ? [] : [`"${first}" was to come first`]),
  ]
  const modes = new Set(page.hits.map(({ mode }) => mode))
  return { found: page.total, mode: modes.size === 0 ? '-' : [...modes].join('+'), flaw: flaws.length === 0 ? undefined : flaws.join('; ') }
}

/**
 * Plants words, asks for them and for words of the logs as members and as outsiders, and prints hits, mode and latency. True
 * when everything that was to be found was found and nothing else.
 */
export const performSearch = async (played: ReadonlyArray<Played>, { enter, ask, print }: { readonly enter: Enter; readonly ask: AskSearch; readonly print: (line: string) => void }): Promise<boolean> => {
  const planted = await plant(enter)
  const { asker, position } = await plantCorpus(enter)
  const cases = [...planted.cases, ...casesOfLogs(played)]
  const [began, latencies] = [performance.now(), durations()]
  await ask(asker, { q: 'x', after: position })
  const visibleMs = performance.now() - began

  print(`\n${'question'.padEnd(52)} ${'hits'.padStart(6)}  mode`)
  let good = true
  for (const one of cases) {
    const { found, mode, flaw } = outcomeOf(one, await ask(one.by, one.asked))
    good &&= flaw === undefined
    print(`${one.what.slice(0, 52).padEnd(52)} ${String(found).padStart(6)}  ${mode}${flaw === undefined ? '' : `  BREACH: ${flaw}`}`)
  }
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const { by, asked } of cases) {
      const asking = performance.now()
      await ask(by, asked)
      record(latencies, performance.now() - asking)
    }
  }
  const { p50, p95 } = percentilesOf(latencies)
  const { mean, questions } = await relevanceOf((asked) => ask(asker, asked))
  print(`\n${verdict(good)} ${cases.length} questions, everything planted found, nothing foreign`)
  print(`latency over HTTP, one at a time, ${ROUNDS * cases.length} questions: P50 ${p50.toFixed(1)} ms · P95 ${p95.toFixed(1)} ms; the last message could be found after ${visibleMs.toFixed(0)} ms at most`)
  print(`nDCG@10 of the shared set: ${mean.toFixed(3)} over ${questions} questions`)
  return good
}
