import type { InboxWrite } from '../../../projections/inbox/writes.js'
import { inboxModel } from '../../../projections/inbox/writes.js'
import type { MemoryReadModel } from '../read-model.js'
import type { Exchangeable } from './exchangeable.js'
import { exchangeable } from './exchangeable.js'

/** Every field only ever grows. */
export interface MemoryInboxRow {
  readonly head: number
  readonly lastMessage: number | undefined
  /** The last event that brought the conversation to the top. */
  readonly activity: InboxWrite | undefined
  /** The events that named it. */
  readonly names: ReadonlyArray<number>
}

export interface MemoryInbox extends MemoryReadModel<InboxWrite> {
  readonly tables: Exchangeable<{ readonly rows: Map<string, MemoryInboxRow> }>
}

const after = (row: MemoryInboxRow | undefined, write: InboxWrite): MemoryInboxRow => {
  if (row !== undefined && row.head >= write.sequence) return row
  return {
    head: write.sequence,
    lastMessage: write.message ? write.sequence : row?.lastMessage,
    activity: write.activity ? write : row?.activity,
    names: write.name ? [...(row?.names ?? []), write.sequence] : (row?.names ?? []),
  }
}

export const memoryInbox = (): MemoryInbox => {
  const tables = exchangeable(() => ({ rows: new Map<string, MemoryInboxRow>() }))
  return {
    ...inboxModel,
    tables,
    apply: (writes) => {
      const { rows } = tables.current()
      for (const write of writes) rows.set(write.conversation, after(rows.get(write.conversation), write))
    },
  }
}
