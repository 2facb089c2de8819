import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { derivedId } from '../../events/ids.js'
import type { AccountEvent } from '../../events/registry.js'
import { limits } from '../../events/limits.js'
import type { Profile } from '../../events/wire/commands.js'
import { deciderSpecification } from '../../test/support/decider-specification.js'
import type { Fact } from '../handling/draft.js'
import { accountAggregate, accountDecider, isLiveDevice, isRegistered, profileRevisionOf } from './decider.js'

const { given } = deciderSpecification(accountDecider)
const anna = derivedId('spec', 'anna')
const [phone, laptop] = [derivedId('spec', 'phone'), derivedId('spec', 'laptop')]
const profile: Profile = { handle: 'anna', name: 'Anna', email: 'anna@example.org' }
const other: Profile = { handle: 'anna', name: 'Anna B.' }
const huge: Profile = { ...profile, name: 'ü'.repeat(limits.profileBytes / 2) }
const hugeBytes = Buffer.byteLength(JSON.stringify(huge))

const registered = { type: 'AccountRegistered', data: { unit: anna } } as const
const changed = { type: 'ProfileChanged', data: { unit: anna } } as const
const device = (deviceId: string, keys: { readonly signingKey?: string; readonly boxKey?: string } = {}) =>
  ({ type: 'DeviceRegistered', data: { deviceId, ...keys } }) as const
const revoked = (deviceId: string) => ({ type: 'DeviceRevoked', data: { deviceId } }) as const

describe('registering an account', () => {
  it('its profile is sealed under the account itself', () =>
    given().when({ type: 'RegisterAccount', actor: anna, profile }).then({ ...registered, content: profile }))

  it('a registered account stays as it is, whatever profile is sent', () =>
    given(registered).when({ type: 'RegisterAccount', actor: anna, profile: other }).thenNothingHappened())

  it('a profile too large is refused', () =>
    given()
      .when({ type: 'RegisterAccount', actor: anna, profile: huge })
      .thenRejected({ _tag: 'ProfileTooLarge', bytes: hugeBytes, limit: limits.profileBytes }))
})

describe('changing the profile', () => {
  it('another profile takes the place of the present one', () =>
    given(registered)
      .when({ type: 'ChangeProfile', actor: anna, profile: other, current: profile })
      .thenEachTime([{ ...changed, content: other }], 'what is current is sealed: the handler opens it anew for a retry'))

  it('the present profile again changes nothing, in whatever order its fields come', () =>
    given(registered)
      .when({ type: 'ChangeProfile', actor: anna, profile: { email: 'anna@example.org', name: 'Anna', handle: 'anna' }, current: profile })
      .thenNothingHappened())

  it('an account that is not registered has no profile to change', () =>
    given().when({ type: 'ChangeProfile', actor: anna, profile, current: undefined }).thenRejected({ _tag: 'NotRegistered' }))

  it('a profile too large is refused', () =>
    given(registered)
      .when({ type: 'ChangeProfile', actor: anna, profile: huge, current: profile })
      .thenRejected({ _tag: 'ProfileTooLarge', bytes: hugeBytes, limit: limits.profileBytes }))
})

describe('registering a device', () => {
  const register = { type: 'RegisterDevice', actor: anna, deviceId: phone, signingKey: undefined, boxKey: undefined } as const
  const keys = { signingKey: 'S', boxKey: 'B' }

  it('with the keys that it has', () => {
    given(registered).when(register).then(device(phone))
    given(registered).when({ ...register, ...keys }).then(device(phone, keys))
  })

  it('with the same keys again changes nothing', () =>
    given(registered, device(phone, keys)).when({ ...register, ...keys }).thenNothingHappened())

  it.each([{}, { signingKey: 'S' }, { signingKey: 'S', boxKey: 'other' }])('a device never changes its keys: %o', (others) =>
    given(registered, device(phone, keys)).when({ ...register, ...others }).thenRejected({ _tag: 'DeviceHasOtherKeys', deviceId: phone }))

  it('a revoked device never comes back', () =>
    given(registered, device(phone), revoked(phone)).when(register).thenRejected({ _tag: 'DeviceIsRevoked', deviceId: phone }))

  it('an account that is not registered has no devices', () => given().when(register).thenRejected({ _tag: 'NotRegistered' }))

  it('no more than the limit live at once', () => {
    const others = Array.from({ length: limits.devicesPerAccount }, (_, number) => device(derivedId('device', String(number))))
    given(registered, ...others).when(register).thenRejected({ _tag: 'TooManyDevices', limit: limits.devicesPerAccount })
    given(registered, ...others, revoked(derivedId('device', '0'))).when(register).then(device(phone))
  })
})

describe('revoking a device', () => {
  it('its account revokes it', () =>
    given(registered, device(phone)).when({ type: 'RevokeDevice', actor: anna, deviceId: phone }).then(revoked(phone)))

  it('revoking again changes nothing', () =>
    given(registered, device(phone), revoked(phone)).when({ type: 'RevokeDevice', actor: anna, deviceId: phone }).thenNothingHappened())

  it('a device that was never registered is unknown', () =>
    given(registered, device(phone))
      .when({ type: 'RevokeDevice', actor: anna, deviceId: laptop })
      .thenRejected({ _tag: 'DeviceUnknown', deviceId: laptop }))

  it('an account that is not registered has none', () =>
    given().when({ type: 'RevokeDevice', actor: anna, deviceId: phone }).thenRejected({ _tag: 'NotRegistered' }))
})

const { decider, encodeState, decodeState } = accountAggregate
const stateAfter = (...events: ReadonlyArray<Fact<AccountEvent>>) => events.reduce(decider.evolve, decider.initialState)

describe('what an account remembers', () => {
  it('which devices are live', () => {
    const state = stateAfter(registered, device(phone), device(laptop), revoked(phone))
    expect([phone, laptop, anna].map((id) => isLiveDevice(state, id))).toEqual([false, true, false])
    expect([isRegistered(state), isRegistered(stateAfter())]).toEqual([true, false])
  })

  it('at which revision its profile lies', () => {
    expect(profileRevisionOf(stateAfter())).toBeUndefined()
    expect(profileRevisionOf(stateAfter(registered, device(phone)))).toBe(0)
    expect(profileRevisionOf(stateAfter(registered, device(phone), changed, device(laptop)))).toBe(2)
  })

  it('a snapshot is read back as it was', () => {
    const key = fc.option(fc.string(), { nil: undefined })
    const id = fc.constantFrom(phone, laptop, anna)
    const happened = fc.array(
      fc.oneof(
        fc.constant(changed),
        fc.record({ id, signingKey: key, boxKey: key }).map(({ id, signingKey, boxKey }) =>
          device(id, { ...(signingKey !== undefined && { signingKey }), ...(boxKey !== undefined && { boxKey }) })),
        id.map(revoked),
      ),
    )
    fc.assert(
      fc.property(happened, (events) => {
        const state = stateAfter(registered, ...events)
        expect(decodeState(encodeState(state))).toStrictEqual(state)
      }),
    )
    expect(decodeState(encodeState(stateAfter()))).toStrictEqual(stateAfter())
  })

  it.each(['', '{}', '[]', '{"revision":1,"profileRevision":0,"devices":[["a","b"]]}'])('bytes that are no snapshot are refused: %s', (text) => {
    expect(() => decodeState(Buffer.from(text))).toThrow()
  })
})
