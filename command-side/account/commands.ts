import type { Profile } from '../../events/wire/commands.js'

interface Asked {
  /** The account that asks, about itself. */
  readonly actor: string
}

/** What an account asks for itself. `current` is its profile as it stands, so that asking for the same again changes nothing. */
export type AccountCommand =
  | (Asked & { readonly type: 'RegisterAccount'; readonly profile: Profile })
  | (Asked & { readonly type: 'ChangeProfile'; readonly profile: Profile; readonly current: Profile | undefined })
  | (Asked & { readonly type: 'RegisterDevice'; readonly deviceId: string; readonly signingKey: string | undefined; readonly boxKey: string | undefined })
  | (Asked & { readonly type: 'RevokeDevice'; readonly deviceId: string })
