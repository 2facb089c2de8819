import type { Decoded } from '../../events/codec.js'
import type { AccountEvent } from '../../events/registry.js'
import { streamId } from '../../events/streams.js'
import type { Projected, Projection } from '../projection.js'
import type { AudienceList, AudienceWrite } from './writes.js'
import { audienceModel } from './writes.js'

const project = ({ event, recorded: { position } }: Projected): ReadonlyArray<AudienceWrite> => {
  const about = event as Decoded<AccountEvent>
  const of = { userId: streamId(event.stream), revision: event.revision }
  const listed = (list: AudienceList, other: string, stands: boolean): ReadonlyArray<AudienceWrite> => [{ op: 'listed', ...of, list, other, stands, position }]
  switch (about.type) {
    case 'UserFollowed':
      return listed('follows', about.data.userId, true)
    case 'UserUnfollowed':
      return listed('follows', about.data.userId, false)
    case 'CloseFriendAdded':
      return listed('close_friends', about.data.userId, true)
    case 'CloseFriendRemoved':
      return listed('close_friends', about.data.userId, false)
    case 'UserBlocked':
      return listed('blocks', about.data.userId, true)
    case 'UserUnblocked':
      return listed('blocks', about.data.userId, false)
    case 'StoriesHiddenFrom':
      return listed('hidden', about.data.userId, about.data.hidden)
    case 'StoriesMuted':
      return listed('muted', about.data.userId, about.data.muted)
    case 'NotificationsChanged':
      return [{ op: 'notifications', ...of, kind: about.data.kind, enabled: about.data.enabled }]
    case 'LastSeenChanged':
      return [{ op: 'last-seen', ...of, visibleTo: about.data.visibleTo }]
    case 'AccountRegistered':
    case 'ProfileChanged':
    case 'DeviceRegistered':
    case 'DeviceRevoked':
      return []
  }
}

/** How accounts stand to one another, and what each wants to be told and seen of. */
export const audienceProjection: Projection<AudienceWrite> = { ...audienceModel, categories: ['account'], opens: [], project }
