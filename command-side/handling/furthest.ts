import type { Lanes } from './lanes.js'

interface Waiting<A> {
  through: number
  readonly answer: Promise<A>
}

/** Runs one at a time for a key. Those that come while one is under way become one, of the greatest number, and share its answer. */
export const furthestOf = <A>(lanes: Lanes) => {
  const waiting = new Map<string, Waiting<A>>()
  return (key: string, through: number, run: (furthest: number) => Promise<A>): Promise<A> => {
    const joined = waiting.get(key)
    if (joined !== undefined) {
      joined.through = Math.max(joined.through, through)
      return joined.answer
    }
    const begin = async (): Promise<A> => {
      // The lane may be free, and then this runs before the one that asks is written down.
      await Promise.resolve()
      waiting.delete(key)
      return run(mine.through)
    }
    const mine: Waiting<A> = { through, answer: lanes.run(key, begin) }
    waiting.set(key, mine)
    return mine.answer
  }
}
