/** A number that no device reaches: it is always refused as skipped, and the refusal names the right one. */
const NEVER_USED = Number.MAX_SAFE_INTEGER

export interface Numbering {
  /** Whether the gateway's answers bear the numbers out: until then one command is sent at a time. */
  readonly isCertain: () => boolean
  /** The number a command is sent with: the one it may have taken already, else the next. Called in the order of sending. */
  readonly give: (taken: number | undefined) => number
  readonly used: (counter: number) => void
  /** The command with this number was decided and did not take it (docs/adr/0004). */
  readonly unused: (counter: number) => void
  readonly expect: (counter: number) => void
}

/**
 * A device's numbers in one conversation. A client that does not know the next one (it may be new on an old device) asks
 * first, with a number that cannot have been used. Were it to guess, a command could be answered with the acknowledgement of
 * an old equal one, and one sent behind it could be the next by chance and overtake it.
 */
export const numbering = (known: number | undefined): Numbering => {
  let next = known
  let certain = false
  return {
    isCertain: () => certain,
    give: (taken) => {
      const given = taken ?? next ?? NEVER_USED
      if (next !== undefined) next = Math.max(next, given + 1)
      return given
    },
    used: (counter) => {
      next = Math.max(next ?? 0, counter + 1)
      certain = true
    },
    unused: (counter) => {
      if (next !== undefined) next = counter
    },
    expect: (counter) => {
      next = counter
      certain = true
    },
  }
}
