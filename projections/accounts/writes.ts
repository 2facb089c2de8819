import type { RecordedEvent } from '../../events/event-store.js'

export const accountsModel = { name: 'accounts', version: 1 } as const

interface OfAccount {
  readonly userId: string
  /** An account's rows only ever move forward in it. */
  readonly revision: number
}

export type AccountsWrite =
  /** The event that holds the sealed profile; no digest once the profile was forgotten. */
  | (OfAccount & { readonly op: 'profile'; readonly recorded: RecordedEvent; readonly handleDigest: string | undefined })
  | (OfAccount & { readonly op: 'device-registered'; readonly deviceId: string; readonly at: number })
  | (OfAccount & { readonly op: 'device-revoked'; readonly deviceId: string })
