import * as E from 'fp-ts/lib/Either.js'
import { decode } from '../../events/codec.js'
import type { RecordedEvent } from '../../events/event-store.js'
import { idIn } from '../conversation-of.js'

/** Whose sight of whom an event may change; no `other`: of all and by all. */
export interface Concern {
  readonly account: string
  readonly other: string | undefined
}

const changing: ReadonlySet<string> = new Set(['LastSeenChanged', 'UserBlocked', 'UserUnblocked', 'UserFollowed', 'UserUnfollowed'])

/** What a committed event changes about who may know of whose presence. */
export const concernOf = (event: RecordedEvent): Concern | undefined => {
  const account = changing.has(event.type) ? idIn('account', event) : undefined
  if (account === undefined) return undefined
  const decoded = decode(event)
  if (E.isLeft(decoded)) return undefined
  const { data } = decoded.right
  return { account, other: 'userId' in data ? data.userId : undefined }
}
