import * as E from 'fp-ts/lib/Either.js'
import type { ReceiptsEvent } from '../../events/registry.js'
import { isMember, mayRead } from '../../events/visibility.js'
import type { Decider } from '../handling/decider.js'
import type { Draft, Fact } from '../handling/draft.js'
import type { MarkRead, ReceiptsCommand } from './commands.js'
import type { ReceiptsRejection } from './rejections.js'

/** What is known of one reader. */
export interface Reader {
  /** How far it has read, in the conversation's revisions; -1 before the first. */
  readonly through: number
  /** Undefined: not known. */
  readonly muted: boolean | undefined
}

type Decision = E.Either<ReceiptsRejection, ReadonlyArray<Draft<ReceiptsEvent>>>

/**
 * A marker stands on something that its reader may read. It is never moved to the nearest such place instead: a client
 * that counts wrongly would call read what is still to come.
 */
const markRead = ({ actor, visible, head, through }: MarkRead, reader: Reader): Decision => {
  if (through > head || !mayRead(visible, through)) return E.left({ _tag: 'NotReadable', head })
  return E.right(through > reader.through ? [{ type: 'ReadAdvanced', data: { userId: actor, through } }] : [])
}

const decide = (command: ReceiptsCommand, reader: Reader): Decision => {
  const { actor, visible } = command
  if (!isMember(visible)) return E.left({ _tag: 'NotAMember' })
  if (command.type === 'MarkRead') return markRead(command, reader)
  return E.right(command.muted === reader.muted ? [] : [{ type: 'MuteChanged', data: { userId: actor, muted: command.muted } }])
}

const evolve = (reader: Reader, event: Fact<ReceiptsEvent>): Reader => {
  switch (event.type) {
    case 'ReadAdvanced':
      return { ...reader, through: Math.max(reader.through, event.data.through) }
    case 'MuteChanged':
      return { ...reader, muted: event.data.muted }
    case 'NotificationsRead':
      return reader
  }
}

/**
 * Read markers only move forwards. The state is that of the one reader who asks, as far as it is known: an older one
 * only appends an event that changes nothing, so the stream is appended to without an expected revision.
 */
export const receiptsDecider: Decider<Reader, ReceiptsCommand, Draft<ReceiptsEvent>, ReceiptsRejection, Fact<ReceiptsEvent>> = {
  initialState: { through: -1, muted: undefined },
  decide,
  evolve,
}
