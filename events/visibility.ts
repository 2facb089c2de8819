import type { History } from './schemas/conversation.js'

/** Revisions [from, to] of a conversation that a member may read; `to` is open while the membership lasts. */
export interface Visible {
  readonly from: number
  readonly to: number | undefined
}

const creatorRevision = 1

/**
 * What a member may read from being added at `revision` on. `shared`: everything from the beginning. `sinceJoin`: from
 * that event on, and what earlier memberships showed; the creator, who is added first, sees the creation too.
 */
export const afterAdded = (visible: ReadonlyArray<Visible>, history: History, revision: number): ReadonlyArray<Visible> => {
  const fromStart = history === 'shared' || revision === creatorRevision
  return fromStart ? [{ from: 0, to: undefined }] : [...visible, { from: revision, to: undefined }]
}

/** A removed member keeps what was before, its own removal included. */
export const afterRemoved = (visible: ReadonlyArray<Visible>, revision: number): ReadonlyArray<Visible> =>
  visible.map((interval) => (interval.to === undefined ? { from: interval.from, to: revision } : interval))

export const mayRead = (visible: ReadonlyArray<Visible>, revision: number): boolean =>
  visible.some(({ from, to }) => revision >= from && (to === undefined || revision <= to))

export const isMember = (visible: ReadonlyArray<Visible>): boolean => visible.some(({ to }) => to === undefined)
