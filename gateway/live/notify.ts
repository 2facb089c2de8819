import * as E from 'fp-ts/lib/Either.js'
import { decode } from '../../events/codec.js'
import type { RecordedEvent } from '../../events/event-store.js'
import { mayTell, noticesOf } from '../../events/notifications.js'
import type { ReadSide } from '../../read-side/index.js'
import { innerLimits } from '../limits.js'
import { frameText } from '../protocol/encode.js'
import type { Outbox } from '../sessions/outbox.js'
import type { Registry } from '../sessions/registry.js'
import { noteSent } from '../sessions/send-steadily.js'
import { untilAnswered, type Persistence } from '../until-answered.js'

export interface NotifyParts {
  readonly readSide: Pick<ReadSide, 'notificationsByIds'>
  readonly persistence: Persistence
  readonly registry: Registry
  readonly outbox: Outbox
}

/** Tells every session of the accounts that committed events notify, as far as the read model lets them see it. */
export type Notify = (events: ReadonlyArray<RecordedEvent>) => Promise<void>

/**
 * Sessions that still catch up are told as well: what they read of their past ends somewhere before, and a notification
 * that comes twice has the same id.
 */
export const createNotify = ({ readSide, persistence, registry, outbox }: NotifyParts): Notify => {
  const isHere = (account: string): boolean => !registry.ofAccount(account)[Symbol.iterator]().next().done

  const idsIn = (event: RecordedEvent): ReadonlyArray<string> => {
    const decoded = mayTell(event) ? decode(event) : undefined
    if (decoded === undefined || E.isLeft(decoded)) return []
    return noticesOf(decoded.right).flatMap(({ id, account }) => (isHere(account) ? [id] : []))
  }
  return async (events) => {
    const ids = events.flatMap(idsIn)
    for (let at = 0; at < ids.length; at += innerLimits.notificationsAtOnce) {
      const some = ids.slice(at, at + innerLimits.notificationsAtOnce)
      for (const { at: place, notification } of await untilAnswered(persistence, 'reading notifications', readSide.notificationsByIds(some))) {
        const frame = Buffer.from(frameText({ type: 'notification', notification }))
        for (const session of registry.ofAccount(notification.account)) {
          outbox.push(session, frame)
          noteSent(session, place)
        }
      }
    }
  }
}
