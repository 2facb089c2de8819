import type { ReadSide, Told } from '../../read-side/index.js'
import { innerLimits } from '../limits.js'
import { frameText } from '../protocol/encode.js'
import type { Outbox } from './outbox.js'
import { isAfter, type Place } from './places.js'
import { sendSteadily } from './send-steadily.js'
import type { Session } from './session.js'

export interface MissedNotificationsParts {
  readonly readSide: Pick<ReadSide, 'missedNotifications'>
  readonly outbox: Outbox
  readonly ask: (query: ReturnType<ReadSide['missedNotifications']>) => Promise<ReadonlyArray<Told>>
}

/**
 * Sends the session what its account was told of after a place up to another, or to the present. It is sent before a sync
 * token goes beyond it.
 */
export const missedNotifications = ({ readSide, outbox, ask }: MissedNotificationsParts) =>
  async (session: Session, after: Place, through: Place | 'present'): Promise<void> => {
    let place: Parameters<ReadSide['missedNotifications']>[1] = { position: after }
    for (let more = true; more && session.stage !== 'closed'; ) {
      const page = await ask(readSide.missedNotifications(session.account, place, innerLimits.notificationsAtOnce))
      const due = through === 'present' ? page : page.filter(({ at }) => !isAfter(at, through))
      await sendSteadily(outbox, session, [], due.map(({ notification }) => Buffer.from(frameText({ type: 'notification', notification }))))
      const last = page.at(-1)
      more = last !== undefined && page.length === innerLimits.notificationsAtOnce && due.length === page.length
      if (last !== undefined) place = { position: last.at, id: last.notification.id }
    }
  }
