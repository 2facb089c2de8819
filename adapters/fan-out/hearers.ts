import type { OnProblem } from '../problem.js'

export interface Hearers<A> {
  /** From now on `hear` is told; until the returned function is called. The same function may be added twice. */
  readonly add: (hear: (told: A) => void) => () => void
  /** Tells all in the order they were added. One that throws is reported and does not keep the others from hearing. */
  readonly tell: (told: A) => void
}

export const hearers = <A>(onProblem: OnProblem): Hearers<A> => {
  const all = new Set<{ readonly hear: (told: A) => void }>()
  return {
    add: (hear) => {
      const one = { hear }
      all.add(one)
      return () => void all.delete(one)
    },
    tell: (told) => {
      for (const { hear } of all) {
        try {
          hear(told)
        } catch (error) {
          onProblem({ where: 'fan-out', doing: 'telling a listener', error })
        }
      }
    },
  }
}
