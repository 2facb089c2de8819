import { describe, it } from 'vitest'
import { derivedId } from '../../events/ids.js'
import type { AccountEvent } from '../../events/registry.js'
import { accountStream } from '../../events/streams.js'
import { userId } from '../../test/support/conversation-events.js'
import { projectionSpecification, recordedAt, recordedEvent } from '../../test/support/projection-specification.js'
import { accountsProjection } from './project.js'

const { given } = projectionSpecification(accountsProjection((handle) => `digest of ${handle}`))
const deviceId = derivedId('spec', 'phone')
const happened = (event: AccountEvent) => recordedEvent(accountStream(userId), 4, event)

describe('accounts', () => {
  it.each(['AccountRegistered', 'ProfileChanged'] as const)('%s keeps the sealed profile and a digest of its handle, without case', (type) => {
    const recorded = happened({ type, data: { unit: userId, digest: 'd'.repeat(43) } })
    given(recorded, { handle: 'Anna_B', name: 'Anna' }).then({ op: 'profile', userId, revision: 4, recorded, handleDigest: 'digest of anna_b' })
  })

  it.each(['AccountRegistered', 'ProfileChanged'] as const)('E8: %s of a forgotten account leaves no digest', (type) => {
    const recorded = happened({ type, data: { unit: userId, digest: 'd'.repeat(43) } })
    given(recorded).then({ op: 'profile', userId, revision: 4, recorded, handleDigest: undefined })
  })

  it('DeviceRegistered and DeviceRevoked', () => {
    given(happened({ type: 'DeviceRegistered', data: { deviceId } })).then({ op: 'device-registered', userId, revision: 4, deviceId, at: recordedAt })
    given(happened({ type: 'DeviceRevoked', data: { deviceId } })).then({ op: 'device-revoked', userId, revision: 4, deviceId })
  })
})
