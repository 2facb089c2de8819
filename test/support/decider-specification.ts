import * as E from 'fp-ts/lib/Either.js'
import { expect } from 'vitest'
import type { Decider } from '../../command-side/handling/decider.js'

/**
 * Reads a rule as given / when / then. `then` also runs the command again on the resulting state and expects nothing
 * to happen, so that every accepted command is shown to be safe to retry; `thenEachTime` opts out and says why.
 */
export const deciderSpecification = <S, C, Ev extends F, R, F>(decider: Decider<S, C, Ev, R, F>) => ({
  given: (...history: ReadonlyArray<F>) => ({
    when: (command: C) => {
      const before = history.reduce(decider.evolve, decider.initialState)
      const decision = decider.decide(command, before)
      const thenEachTime = (events: ReadonlyArray<Ev>, _why: string) => {
        expect(decision).toEqual(E.right(events))
      }
      return {
        then: (...events: ReadonlyArray<Ev>) => {
          expect(decision).toEqual(E.right(events))
          expect(decider.decide(command, events.reduce<S>(decider.evolve, before))).toEqual(E.right([]))
        },
        thenEachTime,
        thenNothingHappened: () => {
          expect(decision).toEqual(E.right([]))
        },
        thenRejected: (rejection: R) => {
          expect(decision).toEqual(E.left(rejection))
        },
      }
    },
  }),
})
