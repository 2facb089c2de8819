import type { Clause } from '../../../../events/search/index-port.js'
import { words } from '../../../../events/search/normalise.js'

/** Of a message that is found: 0 by mistake, as tolerance brings, 1 it is about this, 2 it is what was looked for. */
export type Grade = 0 | 1 | 2

export interface JudgedQuestion {
  readonly asked: string
  readonly clauses: ReadonlyArray<Clause>
  readonly typos: boolean
  /** Every message that is found, by its name in the corpus, and no other. */
  readonly grades: Readonly<Record<string, Grade>>
}

const each = (text: string): ReadonlyArray<Clause> => words(text).map((word): Clause => ({ _tag: 'Word', word }))

const exact = (asked: string, grades: JudgedQuestion['grades']): JudgedQuestion => ({ asked, clauses: each(asked), typos: false, grades })
const tolerant = (asked: string, grades: JudgedQuestion['grades']): JudgedQuestion => ({ asked: `${asked} (may be misspelt)`, clauses: each(asked), typos: true, grades })
const phrase = (asked: string, grades: JudgedQuestion['grades']): JudgedQuestion =>
  ({ asked: `"${asked}"`, clauses: [{ _tag: 'Phrase', words: words(asked) }], typos: false, grades })
const prefix = (asked: string, grades: JudgedQuestion['grades']): JudgedQuestion =>
  ({ asked: `${asked}*`, clauses: words(asked).map((one): Clause => ({ _tag: 'Prefix', prefix: one })), typos: false, grades })

/** What people ask, with what they want to find: judged by hand, before any engine was run. */
export const questions: ReadonlyArray<JudgedQuestion> = [
  exact('glacier', { glacier: 2 }),
  exact('crème brûlée', { pudding: 2, pudding2: 2 }),
  exact('CREME', { cream: 1, pudding: 1, pudding2: 1 }),
  exact('straße', { street2: 2 }),
  exact('οδός', { greek: 2 }),
  exact('елка', { tree: 2 }),
  phrase('東京', { tower: 2 }),
  exact('東京', { tower: 2, kyoto: 1 }),
  exact('🎂', { cake: 2, cake2: 1 }),
  phrase('red bicycle', { bicycle: 2, bicycle2: 1 }),
  exact('red bicycle', { bicycle: 2, bicycle2: 1, bicycle3: 1, bicycle4: 1 }),
  prefix('photo', { photo: 2, photos: 1, photographer: 1 }),
  prefix('lis', { lisbon: 1, lisbon2: 2 }),
  tolerant('resturant', { dinner: 2, dinner3: 2, dinner2: 1 }),
  tolerant('restaurant', { dinner3: 2, dinner: 2, dinner2: 1 }),
  tolerant('brithday', { birthday: 2, cake: 1, party: 1 }),
  exact('train ticket berlin', { ticket: 2, ticket2: 1 }),
  exact('train ticket', { ticket: 2, ticket2: 1, ticket3: 1 }),
  exact('coffee', { coffee: 2, coffee3: 2, coffee2: 1 }),
  exact('deadline', { deadline: 2, deadline2: 1 }),
  tolerant('cooking', { cooking: 2, cooling: 0, cooing: 0 }),
  exact("don't", { dont: 2, dont2: 2 }),
  exact('parser line', { parser: 2, parser2: 2 }),
  tolerant('meeting', { meeting: 2, meetings: 2, meting: 0 }),
  exact('Lisbon', { lisbon2: 2, lisbon: 1 }),
  exact('keys office', { keys: 2 }),
  exact('keys', { keys: 2, keys2: 2, dont2: 1 }),
  exact('avalanche', {}),
  phrase('bicycle red', {}),
]
