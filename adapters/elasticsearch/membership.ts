import type { estypes } from '@elastic/elasticsearch'
import type { SearchQuery } from '../../events/search/index-port.js'
import type { Visible } from '../../events/visibility.js'

type Condition = estypes.QueryDslQueryContainer
type Allowed = SearchQuery['allowed'][number]

/**
 * Conditions of one search that restrict conversations: a small node refuses more than 1,024 in all. What has more is asked for
 * in several searches of one request.
 */
const CONDITIONS_AT_ONCE = 600
/** Below the 65,536 values that a server takes. */
const WHOLES_AT_ONCE = 10_000

const isWhole = ({ visible }: Allowed): boolean => visible.some(({ from, to }) => from <= 0 && to === undefined)

const range = (field: 'sequence' | 'version', { from, to }: Visible): Condition => ({ range: { [field]: { gte: from, ...(to === undefined ? {} : { lte: to }) } } })

const anyOf = (conditions: ReadonlyArray<Condition>): ReadonlyArray<Condition> =>
  conditions.length === 1 ? conditions : [{ bool: { should: [...conditions], minimum_should_match: 1 } }]

/** Of a wording the version is never below the sequence: an interval without an end that holds for the one holds for the other. */
const isOpen = ([first, ...more]: ReadonlyArray<Visible>): boolean => first !== undefined && first.to === undefined && more.length === 0

const restricted = ({ conversation, visible }: Allowed): Condition => ({
  bool: {
    filter: [
      { term: { conversation } }, ...anyOf(visible.map((each) => range('sequence', each))),
      ...(isOpen(visible) ? [] : anyOf(visible.map((each) => range('version', each)))),
    ],
  },
})

const conditionsIn = ({ visible }: Allowed): number => 1 + (isOpen(visible) ? 1 : 2 * visible.length)

/** Splits in order, so that each part weighs at most so much; what weighs more alone is alone. */
const parts = <A>(items: ReadonlyArray<A>, most: number, weightOf: (item: A) => number): ReadonlyArray<ReadonlyArray<A>> => {
  const found: A[][] = []
  let weight = most
  for (const item of items) {
    weight += weightOf(item)
    if (weight > most) {
      found.push([item])
      weight = weightOf(item)
    } else found.at(-1)?.push(item)
  }
  return found
}

/**
 * Conditions that together hold for every message that the asker may see among the conversations asked for, and for no other;
 * each message meets one of them only. None: there is nothing to see.
 */
export const membershipConditions = ({ allowed, conversations }: SearchQuery): ReadonlyArray<Condition> => {
  const wanted = conversations === undefined ? undefined : new Set(conversations)
  const asked = allowed.filter(({ conversation, visible }) => visible.length > 0 && (wanted === undefined || wanted.has(conversation)))
  const wholes = parts(asked.filter(isWhole), WHOLES_AT_ONCE, () => 1).map((some): Condition => ({ terms: { conversation: some.map(({ conversation }) => conversation) } }))
  const others = parts(asked.filter((one) => !isWhole(one)), CONDITIONS_AT_ONCE, conditionsIn).map((some) => some.map(restricted))
  return Array.from({ length: Math.max(wholes.length, others.length) }, (_, at) =>
    ({ bool: { should: [...wholes.slice(at, at + 1), ...(others[at] ?? [])], minimum_should_match: 1 } }))
}
