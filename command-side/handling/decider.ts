import type { Either } from 'fp-ts/lib/Either.js'

/**
 * Decides what a command changes, given what its stream already says.
 *
 * `decide` is pure: time and identifiers arrive in the command. `Right([])` means "already in effect": nothing is
 * appended. `Left` is a refusal and is not recorded. `evolve` never validates and never throws: events are facts.
 *
 * @see https://thinkbeforecoding.com/post/2021/12/17/functional-event-sourcing-decider
 */
export interface Decider<State, Command, Event, Rejection, Fact = Event> {
  readonly initialState: State
  readonly decide: (command: Command, state: State) => Either<Rejection, ReadonlyArray<Event>>
  readonly evolve: (state: State, event: Fact) => State
}
