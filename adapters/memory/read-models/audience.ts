import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Audience } from '../../../events/audience.js'
import { lastSeenByDefault } from '../../../events/schemas/account.js'
import type { AudienceList, AudienceWrite } from '../../../projections/audience/writes.js'
import { audienceModel } from '../../../projections/audience/writes.js'
import type { AudienceReader, ListedAccounts, ListedPlace } from '../../../read-side/ports.js'
import type { MemoryReadModel, MemoryTables } from '../read-model.js'
import type { Exchangeable } from './exchangeable.js'
import { exchangeable } from './exchangeable.js'

type Op<Name extends AudienceWrite['op']> = Extract<AudienceWrite, { readonly op: Name }>

/** The newest write of each row. */
interface AudienceTables extends MemoryTables {
  readonly listed: Map<string, Op<'listed'>>
  readonly notifications: Map<string, Op<'notifications'>>
  readonly lastSeen: Map<string, Op<'last-seen'>>
}

export interface MemoryAudience extends MemoryReadModel<AudienceWrite> {
  readonly tables: Exchangeable<AudienceTables>
}

const keyOf = (list: AudienceList, userId: string, other: string): string => `${list} ${userId} ${other}`

const forward = <W extends AudienceWrite>(rows: Map<string, W>, key: string, write: W): void => {
  if ((rows.get(key)?.revision ?? -1) < write.revision) rows.set(key, write)
}

export const memoryAudienceModel = (): MemoryAudience => {
  const tables = exchangeable((): AudienceTables => ({ listed: new Map(), notifications: new Map(), lastSeen: new Map() }))
  return {
    ...audienceModel,
    tables,
    apply: (writes) => {
      const { listed, notifications, lastSeen } = tables.current()
      for (const write of writes) {
        if (write.op === 'listed') forward(listed, keyOf(write.list, write.userId, write.other), write)
        else if (write.op === 'notifications') forward(notifications, `${write.userId} ${write.kind}`, write)
        else forward(lastSeen, write.userId, write)
      }
    },
  }
}

/** Whether `other` stands on the list of `userId`. */
export const standing = ({ tables }: MemoryAudience) => (list: AudienceList, userId: string, other: string): boolean =>
  tables.current().listed.get(keyOf(list, userId, other))?.stands === true

const rowsOf = ({ tables }: MemoryAudience, list: AudienceList): ReadonlyArray<Op<'listed'>> =>
  [...tables.current().listed.values()].filter((row) => row.list === list && row.stands)

/** The audience as it is projected. Authors whose relation is newest come first. */
export const memoryAudience = (model: MemoryAudience): Audience => {
  const stands = standing(model)
  const relation = (viewer: string, author: string) => ({
    follows: stands('follows', viewer, author),
    closeFriend: stands('close_friends', author, viewer),
    blocked: stands('blocks', viewer, author) || stands('blocks', author, viewer),
    hidden: stands('hidden', author, viewer),
    muted: stands('muted', viewer, author),
  })
  const authors = (viewer: string): ReadonlyArray<string> => {
    const newest = new Map<string, string>()
    const rows = [
      ...rowsOf(model, 'follows').filter(({ userId }) => userId === viewer).map(({ other, position }) => ({ author: other, position })),
      ...rowsOf(model, 'close_friends').filter(({ other }) => other === viewer).map(({ userId, position }) => ({ author: userId, position })),
    ]
    for (const { author, position } of rows) if (position > (newest.get(author) ?? '')) newest.set(author, position)
    return [...newest].sort(([one, at], [other, then]) => (at === then ? (one < other ? -1 : 1) : at > then ? -1 : 1)).map(([author]) => author)
  }
  return {
    relations: (viewer, of) => TE.fromIO(() => of.map((author) => relation(viewer, author))),
    authorsFor: (viewer, limit) => TE.fromIO(() => authors(viewer).filter((author) => {
      const { blocked, hidden } = relation(viewer, author)
      return !blocked && !hidden
    }).slice(0, limit)),
  }
}

const tableOf: Readonly<Record<ListedAccounts, AudienceList>> = {
  following: 'follows', followers: 'follows', closeFriends: 'close_friends', blocked: 'blocks', hiddenFrom: 'hidden', muted: 'muted',
}

const placeOf = ({ position, userId }: ListedPlace): string => `${position} ${userId}`

/** What an account sees of its own lists and settings. */
export const memoryAudienceReader = (model: MemoryAudience): AudienceReader => {
  const stands = standing(model)
  const listed = (account: string, list: ListedAccounts): ReadonlyArray<ListedPlace> => {
    const rows = rowsOf(model, tableOf[list])
    return list === 'followers'
      ? rows.filter(({ userId, other }) => other === account && !stands('blocks', account, userId)).map(({ userId, position }) => ({ userId, position }))
      : rows.filter(({ userId }) => userId === account).map(({ other, position }) => ({ userId: other, position }))
  }
  return {
    listed: (account, list, { before, limit }) => TE.fromIO(() => listed(account, list)
      .filter((place) => before === undefined || placeOf(place) < placeOf(before))
      .sort((one, other) => (placeOf(one) < placeOf(other) ? 1 : -1))
      .slice(0, limit)),
    settings: (account) => TE.fromIO(() => {
      const { notifications, lastSeen } = model.tables.current()
      const off = [...notifications.values()].filter(({ userId, enabled }) => userId === account && !enabled).map(({ kind }) => kind)
      return { notificationsOff: off.sort(), lastSeen: lastSeen.get(account)?.visibleTo ?? lastSeenByDefault }
    }),
  }
}
