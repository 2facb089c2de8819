import { afterAll, beforeAll, describe } from 'vitest'
import { changing, rebuilding } from './changing.js'
import type { OpenSearchIndex } from './documents.js'
import { finding } from './finding.js'
import { agreesWithOracle } from './oracle.js'
import { ordering } from './ordering.js'
import { visibility } from './visibility.js'

/**
 * What every search engine holds. Most tests share one index and have conversations of their own; `open` gives an empty
 * one each time.
 */
export const searchIndexContract = (name: string, open: () => Promise<OpenSearchIndex>, random: { readonly corpora: number; readonly questions: number }): void => {
  describe(`the search index contract, ${name}`, () => {
    let opened: OpenSearchIndex | undefined
    beforeAll(async () => { opened = await open() })
    afterAll(() => opened?.close())
    const subject = () => {
      if (opened === undefined) throw new Error('the index did not open')
      return opened.index
    }
    for (const behaviour of [finding, ordering, changing, visibility]) behaviour(subject)
    rebuilding(open)
    agreesWithOracle(open, random)
  })
}
