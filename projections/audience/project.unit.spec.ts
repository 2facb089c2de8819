import { describe, it } from 'vitest'
import { derivedId } from '../../events/ids.js'
import type { AccountEvent } from '../../events/registry.js'
import { accountStream } from '../../events/streams.js'
import { userId } from '../../test/support/conversation-events.js'
import { projectionSpecification, recordedEvent } from '../../test/support/projection-specification.js'
import { audienceProjection } from './project.js'
import type { AudienceList } from './writes.js'

const { given } = projectionSpecification(audienceProjection)
const other = derivedId('spec', 'other')
const of = { userId, revision: 4 }
const happened = (event: AccountEvent) => recordedEvent(accountStream(userId), 4, event)

describe('audience', () => {
  const about = { userId: other }
  const rows: ReadonlyArray<readonly [AccountEvent, AudienceList, boolean]> = [
    [{ type: 'UserFollowed', data: about }, 'follows', true],
    [{ type: 'UserUnfollowed', data: about }, 'follows', false],
    [{ type: 'CloseFriendAdded', data: about }, 'close_friends', true],
    [{ type: 'CloseFriendRemoved', data: about }, 'close_friends', false],
    [{ type: 'UserBlocked', data: about }, 'blocks', true],
    [{ type: 'UserUnblocked', data: about }, 'blocks', false],
    [{ type: 'StoriesHiddenFrom', data: { ...about, hidden: true } }, 'hidden', true],
    [{ type: 'StoriesHiddenFrom', data: { ...about, hidden: false } }, 'hidden', false],
    [{ type: 'StoriesMuted', data: { ...about, muted: true } }, 'muted', true],
    [{ type: 'StoriesMuted', data: { ...about, muted: false } }, 'muted', false],
  ]
  it.each(rows)('%o: another account stands on a list, or no more', (event, list, stands) => {
    const recorded = happened(event)
    given(recorded).then({ op: 'listed', ...of, list, other, stands, position: recorded.position })
  })

  it('NotificationsChanged and LastSeenChanged are settings of the account', () => {
    given(happened({ type: 'NotificationsChanged', data: { kind: 'reply', enabled: false } })).then({ op: 'notifications', ...of, kind: 'reply', enabled: false })
    given(happened({ type: 'LastSeenChanged', data: { visibleTo: 'contacts' } })).then({ op: 'last-seen', ...of, visibleTo: 'contacts' })
  })

  it('profile and devices are no concern of it', () => {
    const sealed = { unit: userId, digest: 'd'.repeat(43) }
    for (const type of ['AccountRegistered', 'ProfileChanged'] as const) given(happened({ type, data: sealed })).then()
    for (const type of ['DeviceRegistered', 'DeviceRevoked'] as const) given(happened({ type, data: { deviceId: other } })).then()
  })
})
