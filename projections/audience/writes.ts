import type { Position } from '../../events/event-store.js'
import type { LastSeenAudience } from '../../events/schemas/account.js'
import type { NotificationKind } from '../../events/schemas/common.js'

export const audienceModel = { name: 'audience', version: 1 } as const

/** Other accounts as one stands to them; each is a table. */
export const audienceLists = ['follows', 'close_friends', 'blocks', 'hidden', 'muted'] as const
export type AudienceList = (typeof audienceLists)[number]

interface OfAccount {
  readonly userId: string
  /** A row only ever moves forward in it. */
  readonly revision: number
}

export type AudienceWrite =
  /** Whether another account stands on a list. One that left keeps its row, so that an older event does not bring it back. */
  | (OfAccount & { readonly op: 'listed'; readonly list: AudienceList; readonly other: string; readonly stands: boolean; readonly position: Position })
  | (OfAccount & { readonly op: 'notifications'; readonly kind: NotificationKind; readonly enabled: boolean })
  | (OfAccount & { readonly op: 'last-seen'; readonly visibleTo: LastSeenAudience })
