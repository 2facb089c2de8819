import type { AccountList } from './state.js'

/** Why an account refused a command. */
export type AccountRejection =
  | { readonly _tag: 'NotRegistered' }
  | { readonly _tag: 'TooManyDevices'; readonly limit: number }
  | { readonly _tag: 'DeviceIsRevoked'; readonly deviceId: string }
  | { readonly _tag: 'DeviceHasOtherKeys'; readonly deviceId: string }
  | { readonly _tag: 'DeviceUnknown'; readonly deviceId: string }
  | { readonly _tag: 'ProfileTooLarge'; readonly bytes: number; readonly limit: number }
  | { readonly _tag: 'AboutItself' }
  /** The account itself blocked whom it would now follow or hold as a close friend. */
  | { readonly _tag: 'BlockedByItself'; readonly userId: string }
  | { readonly _tag: 'ListIsFull'; readonly list: AccountList; readonly limit: number }
