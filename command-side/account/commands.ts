import type { LastSeenAudience } from '../../events/schemas/account.js'
import type { NotificationKind } from '../../events/schemas/common.js'
import type { Profile } from '../../events/wire/commands.js'

interface Asked {
  /** The account that asks, about itself. */
  readonly actor: string
}

interface About extends Asked {
  /** The other account. Whether it is there is checked before it gets into the stream. */
  readonly userId: string
}

/** What an account decides about others: its own stream alone says so, theirs say nothing of it. */
export type SocialCommand =
  | (About & { readonly type: 'Follow' | 'Unfollow' | 'AddCloseFriend' | 'RemoveCloseFriend' | 'Block' | 'Unblock' })
  | (About & { readonly type: 'HideStoriesFrom'; readonly hidden: boolean })
  | (About & { readonly type: 'MuteStories'; readonly muted: boolean })

/** What an account asks for itself. `current` is its profile as it stands, so that asking for the same again changes nothing. */
export type AccountCommand =
  | (Asked & { readonly type: 'RegisterAccount'; readonly profile: Profile })
  | (Asked & { readonly type: 'ChangeProfile'; readonly profile: Profile; readonly current: Profile | undefined })
  | (Asked & { readonly type: 'RegisterDevice'; readonly deviceId: string; readonly signingKey: string | undefined; readonly boxKey: string | undefined })
  | (Asked & { readonly type: 'RevokeDevice'; readonly deviceId: string })
  | SocialCommand
  | (Asked & { readonly type: 'SetNotifications'; readonly kind: NotificationKind; readonly enabled: boolean })
  | (Asked & { readonly type: 'SetLastSeen'; readonly visibleTo: LastSeenAudience })
