import { afterAdded, afterRemoved, mayRead, type Visible } from '../../events/visibility.js'
import type { Membership } from '../../read-side/index.js'
import { conversationOf } from '../conversation-of.js'
import type { Kept } from './kept-back.js'
import { membershipChange } from './membership-change.js'
import { isAfter } from './places.js'
import type { Session } from './session.js'

/** What a session that catches up may read of a conversation. */
export interface Standing {
  visible: ReadonlyArray<Visible>
  /** Membership events up to there are in `visible`. */
  asOf: number
  /** Everything up to there was handed to the session, or will have been once its history is read to the end. */
  last: number
}

export type Standings = Map<string, Standing>

export const standingsOf = (memberships: ReadonlyArray<Membership>): Standings =>
  new Map(memberships.map(({ conversation, visible, headSequence }) => [conversation, { visible, asOf: headSequence, last: headSequence }]))

/**
 * What somebody who enters at `sequence` is sent from then on. A `shared` history opens to queries at once; nothing of it
 * is pushed, so the event itself is where the pushing begins either way.
 */
export const entered = (visible: ReadonlyArray<Visible>, sequence: number): ReadonlyArray<Visible> =>
  sequence === 0 ? [{ from: 0, to: undefined }] : afterAdded(visible, 'sinceJoin', sequence)

const enter = (standings: Standings, conversation: string, sequence: number): void => {
  const standing = standings.get(conversation)
  if (standing === undefined) standings.set(conversation, { visible: entered([], sequence), asOf: sequence, last: sequence })
  else if (sequence > standing.asOf) Object.assign(standing, { visible: entered(standing.visible, sequence), asOf: sequence })
}

const isDue = (session: Session, standings: Standings, conversation: string, { event }: Kept): boolean => {
  const [sequence, change] = [Number(event.revision), membershipChange(event)]
  if (change?.enters === true && change.userId === session.account) enter(standings, conversation, sequence)
  const standing = standings.get(conversation)
  if (standing === undefined) return false
  standing.last = Math.max(standing.last, sequence)
  const due = mayRead(standing.visible, sequence) && isAfter(event.position, session.through)
  if (change?.enters === false && change.userId === session.account && sequence > standing.asOf) {
    Object.assign(standing, { visible: afterRemoved(standing.visible, sequence), asOf: sequence })
  }
  return due
}

/** Of what was kept back, what the session is to be sent, its own coming and going followed. */
export const dueTo = (session: Session, standings: Standings, kept: ReadonlyArray<Kept>): ReadonlyArray<Kept> =>
  kept.filter((one) => {
    const conversation = conversationOf(one.event)
    return conversation !== undefined && isDue(session, standings, conversation, one)
  })
