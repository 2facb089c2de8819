import { createHash } from 'node:crypto'
import type { Acknowledgement, DeliveredEvent } from '../../events/wire/answers.js'
import type { ConversationCommand, Profile } from '../../events/wire/commands.js'
import type { PlannedPerson } from './chat/plan.js'

/** A person of a log on a device of their own, through the public interfaces only. */
export interface Participant {
  readonly userId: string
  readonly token: string
  readonly device: string
  /** Resolves once acknowledged, through drops and resumes; rejects with the problem when refused. */
  readonly command: (conversation: string, command: ConversationCommand) => Promise<Acknowledgement>
  readonly rename: (nick: string) => Promise<void>
  /** Cuts the socket without a word; it comes back by itself with its sync token. */
  readonly drop: () => void
  readonly close: () => Promise<void>
}

/** Registers the person and opens their socket; `hear` gets each event of the client's view, once and in order. */
export type Enter = (subject: string, profile: Profile, hear: (event: DeliveredEvent) => void) => Promise<Participant>

const longestStem = 16
const shownNick = (nick: string): string => nick.slice(0, 100)

/** Nicks repeat between logs and hold characters that handles may not: the handle is the nick's letters and a digest. */
export const profileOf = (log: string, { key, nick }: PlannedPerson, shown = nick): Profile => {
  const stem = nick.replace(/[^A-Za-z0-9_]/gu, '').slice(0, longestStem)
  const digest = createHash('sha256').update(`${log}\n${key}`).digest('hex').slice(0, 12)
  return { handle: `${stem}_${digest}`, name: shownNick(shown) }
}
