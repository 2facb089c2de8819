import type { Position } from '../../../events/event-store.js'
import type { Role } from '../../../events/schemas/common.js'
import type { Visible } from '../../../events/visibility.js'
import { afterRemoved } from '../../../events/visibility.js'
import type { MembersWrite } from '../../../projections/members/writes.js'
import { membersModel } from '../../../projections/members/writes.js'
import type { MemoryReadModel } from '../read-model.js'
import type { Exchangeable } from './exchangeable.js'
import { exchangeable } from './exchangeable.js'

export interface MemoryMember {
  readonly role: Role
  readonly since: number
  readonly visible: ReadonlyArray<Visible>
  readonly position: Position
  readonly at: number
  readonly revision: number
}

export interface MemoryGroup {
  readonly created: Extract<MembersWrite, { readonly op: 'created' }> | undefined
  readonly members: Map<string, MemoryMember>
}

export interface MemoryMembers extends MemoryReadModel<MembersWrite> {
  readonly tables: Exchangeable<{ readonly groups: Map<string, MemoryGroup> }>
}

/** With one more open interval; intervals that touch are one. */
const withOpen = (visible: ReadonlyArray<Visible>, from: number): ReadonlyArray<Visible> => {
  const apart = visible.filter(({ to }) => to !== undefined && to < from - 1)
  const touched = visible[apart.length]
  return [...apart, { from: Math.min(from, touched?.from ?? from), to: undefined }]
}

const added = (group: MemoryGroup, before: MemoryMember | undefined, write: Extract<MembersWrite, { readonly op: 'added' }>): MemoryMember => {
  const { role, position, at, revision } = write
  return { role, position, at, revision, since: revision, visible: withOpen(before?.visible ?? [], write.from[group.created?.history ?? 'sinceJoin']) }
}

const moved = (group: MemoryGroup, before: MemoryMember | undefined, write: Exclude<MembersWrite, { readonly op: 'created' }>): MemoryMember | undefined => {
  if (before !== undefined && before.revision >= write.revision) return before
  switch (write.op) {
    case 'added':
      return added(group, before, write)
    case 'removed':
      return before && { ...before, visible: afterRemoved(before.visible, write.revision), position: write.position, at: write.at, revision: write.revision }
    case 'role':
      return before && { ...before, role: write.role, revision: write.revision }
  }
}

export const memoryMembers = (): MemoryMembers => {
  const tables = exchangeable(() => ({ groups: new Map<string, MemoryGroup>() }))
  return {
    ...membersModel,
    tables,
    apply: (writes) => {
      const { groups } = tables.current()
      for (const write of writes) {
        const group = groups.get(write.conversation) ?? { created: undefined, members: new Map() }
        groups.set(write.conversation, write.op === 'created' ? { created: write, members: group.members } : group)
        if (write.op === 'created') continue
        const member = moved(group, group.members.get(write.userId), write)
        if (member !== undefined) group.members.set(write.userId, member)
      }
    },
  }
}
