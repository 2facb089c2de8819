import * as E from 'fp-ts/lib/Either.js'
import type { ReceiptsEvent } from '../../events/registry.js'
import { isMember, mayRead } from '../../events/visibility.js'
import type { Decider } from '../handling/decider.js'
import type { Draft, Fact } from '../handling/draft.js'
import type { MarkRead } from './commands.js'
import type { ReceiptsRejection } from './rejections.js'

/** How far one reader has read, in the conversation's revisions; -1 before the first. */
export type Marker = number

type Decision = E.Either<ReceiptsRejection, ReadonlyArray<Draft<ReceiptsEvent>>>

/**
 * A marker stands on something that its reader may read. It is never moved to the nearest such place instead: a client
 * that counts wrongly would call read what is still to come.
 */
const decide = ({ actor, visible, head, through }: MarkRead, marker: Marker): Decision => {
  if (!isMember(visible)) return E.left({ _tag: 'NotAMember' })
  if (through > head || !mayRead(visible, through)) return E.left({ _tag: 'NotReadable', head })
  return E.right(through > marker ? [{ type: 'ReadAdvanced', data: { userId: actor, through } }] : [])
}

/**
 * Read markers only move forwards. The state is that of the one reader who asks, as far as it is known: an older one
 * only appends an event that changes nothing, so the stream is appended to without an expected revision.
 */
export const receiptsDecider: Decider<Marker, MarkRead, Draft<ReceiptsEvent>, ReceiptsRejection, Fact<ReceiptsEvent>> = {
  initialState: -1,
  decide,
  evolve: (marker, event) => (event.type === 'ReadAdvanced' ? Math.max(marker, event.data.through) : marker),
}
