import type { Position } from '../../../events/event-store.js'
import type { Notice } from '../../../events/notifications.js'
import type { NotificationsWrite, SilenceOf } from '../../../projections/notifications/writes.js'
import { notificationsModel } from '../../../projections/notifications/writes.js'
import type { MemoryReadModel, MemoryTables } from '../read-model.js'
import type { Exchangeable } from './exchangeable.js'
import { exchangeable } from './exchangeable.js'

interface Marks {
  readonly read: string
  readonly cleared: string
}

interface NotificationTables extends MemoryTables {
  /** By id. */
  readonly notices: Map<string, Notice>
  readonly withdrawn: Map<string, Position>
  /** Account, what and subject → position → silent from there on. */
  readonly silences: Map<string, Map<Position, boolean>>
  readonly marks: Map<string, Marks>
}

export interface MemoryNotifications extends MemoryReadModel<NotificationsWrite> {
  readonly tables: Exchangeable<NotificationTables>
}

export const silenceKey = (account: string, of: SilenceOf, subject: string): string => `${account} ${of} ${subject}`

/** From which position on something is, or is not, silent; in order. */
export const silencesOf = ({ tables }: MemoryNotifications, key: string): ReadonlyArray<readonly [from: Position, silent: boolean]> =>
  [...(tables.current().silences.get(key) ?? [])].sort(([one], [other]) => (one < other ? -1 : 1))

/** Whether the account wants to hear nothing of it now. */
export const isSilent = (model: MemoryNotifications, account: string, of: SilenceOf, subject: string): boolean =>
  silencesOf(model, silenceKey(account, of, subject)).at(-1)?.[1] === true

const subjectsOf = ({ messageId, storyId, reaction }: Notice): ReadonlyArray<string> => [messageId, storyId, reaction].flatMap((subject) => subject ?? [])

const isWithdrawn = (withdrawn: ReadonlyMap<string, Position>, notice: Notice): boolean =>
  subjectsOf(notice).some((subject) => (withdrawn.get(subject) ?? '') > notice.position)

const latest = <Text extends string>(one: Text | undefined, other: Text): Text => (one === undefined || one < other ? other : one)

const applyOne = (tables: NotificationTables, write: NotificationsWrite): void => {
  switch (write.op) {
    case 'notice': {
      if (!isWithdrawn(tables.withdrawn, write)) tables.notices.set(write.id, write)
      return
    }
    case 'withdrawn': {
      tables.withdrawn.set(write.subject, latest(tables.withdrawn.get(write.subject), write.position))
      for (const notice of tables.notices.values()) if (isWithdrawn(tables.withdrawn, notice)) tables.notices.delete(notice.id)
      return
    }
    case 'silence': {
      const key = silenceKey(write.account, write.of, write.subject)
      const changes = tables.silences.get(key) ?? new Map<Position, boolean>()
      tables.silences.set(key, changes.set(write.position, write.silent))
      return
    }
    case 'read': {
      const { read, cleared } = tables.marks.get(write.account) ?? { read: '', cleared: '' }
      tables.marks.set(write.account, { read: latest(read, write.through), cleared: write.cleared ? latest(cleared, write.through) : cleared })
    }
  }
}

export const memoryNotifications = (): MemoryNotifications => {
  const tables = exchangeable((): NotificationTables => ({ notices: new Map(), withdrawn: new Map(), silences: new Map(), marks: new Map() }))
  return {
    ...notificationsModel,
    tables,
    apply: (writes) => {
      for (const write of writes) applyOne(tables.current(), write)
    },
  }
}
