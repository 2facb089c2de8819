import type { ConversationCommand } from '../events/wire/commands.js'

/** A number that no device reaches: it is always refused as skipped, and the refusal names the right one. */
const NEVER_USED = Number.MAX_SAFE_INTEGER

export interface Numbering {
  readonly isKnown: () => boolean
  /** The number a command is sent with: the one it may have taken already, else the next. Called in the order of sending. */
  readonly give: (command: { readonly type: ConversationCommand['type']; readonly counter: number | undefined }) => number
  readonly used: (counter: number) => void
  /** The command with this number was decided and did not take it (docs/adr/0004). */
  readonly unused: (counter: number) => void
  readonly expect: (counter: number) => void
}

/**
 * A device's numbers in one conversation. While the next one is not known (a new client on an old device), 1 is tried by
 * commands that no earlier one can equal; another one would be answered with the acknowledgement of an old equal one.
 */
export const numbering = (known: number | undefined): Numbering => {
  let next = known
  return {
    isKnown: () => next !== undefined,
    give: ({ type, counter }) => {
      const given = counter ?? next ?? (type === 'SendMessage' || type === 'CreateConversation' ? 1 : NEVER_USED)
      if (next !== undefined) next = Math.max(next, given + 1)
      return given
    },
    used: (counter) => { next = Math.max(next ?? 0, counter + 1) },
    unused: (counter) => {
      if (next !== undefined) next = counter
    },
    expect: (counter) => { next = counter },
  }
}
