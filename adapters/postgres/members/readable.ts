import { membersModel } from '../../../projections/members/writes.js'
import type { Visible } from '../../../events/visibility.js'
import { liveSchema } from '../read-model.js'

export const membersSchema = liveSchema(membersModel)

/** The end of an open range: sequences are integers. */
const BEYOND = 2_147_483_647

/** Sequences of `sequence` that lie in the range `span`, as bounds that an index can use. */
export const within = (sequence: string, span: string): string =>
  `${sequence} >= lower(${span}) AND ${sequence} < coalesce(upper(${span}), ${BEYOND})`

/** The newest sequence that may be read, given that of the conversation; a removed member's is its removal. */
export const readableHead = (visible: string, head: string): string => `coalesce(upper(${visible}) - 1, ${head})`

/** Reads a multirange as Postgres writes it: `{[0,4),[7,)}`. */
export const visibleOf = (multirange: string): ReadonlyArray<Visible> =>
  [...multirange.matchAll(/\[(\d+),(\d*)\)/g)].map(([, from, end]) => ({ from: Number(from), to: end === '' ? undefined : Number(end) - 1 }))
