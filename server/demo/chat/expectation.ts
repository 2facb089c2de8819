import type { Plan } from './plan.js'

/** A stretch of membership in message numbers: from the first message received, up to and not including `to`. */
export interface Stay {
  readonly from: number
  readonly to: number
}

/** Message numbers, ascending, own messages included. */
export interface Expected {
  /** If members read the whole history: everything up to the end of their last stay. */
  readonly shared: ReadonlyArray<number>
  /** If members read only what is said while they are members. */
  readonly sinceJoin: ReadonlyArray<number>
}

/** When this person is a member, in order; a stay during which nobody speaks is empty, not left out. */
export const staysOf = (plan: Plan, person: string): ReadonlyArray<Stay> => {
  const stays: Stay[] = []
  let said = 0
  let from = plan.members.includes(person) ? 0 : undefined
  const close = () => {
    if (from !== undefined) stays.push({ from, to: said })
    from = undefined
  }
  for (const step of plan.steps) {
    if (step.type === 'send') said += 1
    else if (step.person === person && step.type === 'join') from = said
    else if (step.person === person && step.type === 'leave') close()
  }
  close()
  return stays
}

const numbers = ({ from, to }: Stay): ReadonlyArray<number> => Array.from({ length: to - from }, (_, index) => from + index)

/** Which messages this person is to have received once the whole plan was played; none for a stranger. */
export const expectedFor = (plan: Plan, person: string): Expected => {
  const stays = staysOf(plan, person)
  return {
    shared: numbers({ from: 0, to: stays.at(-1)?.to ?? 0 }),
    sinceJoin: stays.flatMap(numbers),
  }
}
