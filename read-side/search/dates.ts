import * as O from 'fp-ts/lib/Option.js'

/** What a text that is no moment should have been. */
export const NOT_A_MOMENT = 'not a date (2026-05-01) nor an instant (2026-05-01T10:00Z)'

const DAY_MS = 86_400_000
const day = /^(\d{4})-(\d{2})-(\d{2})$/
const instant = /^(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2})$/

const startOfDay = (text: string): number | undefined => {
  const ms = Date.parse(`${text}T00:00:00.000Z`)
  // A day that the month does not have becomes another one.
  return Number.isNaN(ms) || new Date(ms).toISOString().slice(0, text.length) !== text ? undefined : ms
}

/**
 * A moment of the question, in milliseconds since 1970: a day (`2026-05-01`, whole, in UTC) or an instant with its zone
 * (`2026-05-01T10:00Z`). A day as an end is its last millisecond.
 */
export const momentOf = (text: string, side: 'from' | 'to'): O.Option<number> => {
  if (day.test(text)) return O.map((start: number) => (side === 'from' ? start : start + DAY_MS - 1))(O.fromNullable(startOfDay(text)))
  const date = instant.exec(text)?.[1]
  if (date === undefined || startOfDay(date) === undefined) return O.none
  const ms = Date.parse(text)
  return Number.isNaN(ms) ? O.none : O.some(ms)
}

/** The narrowest of the moments that are given; undefined without one. */
export const narrowest = (choose: (...moments: number[]) => number, moments: ReadonlyArray<number | undefined>): number | undefined => {
  const given = moments.filter((moment) => moment !== undefined)
  return given.length === 0 ? undefined : choose(...given)
}
