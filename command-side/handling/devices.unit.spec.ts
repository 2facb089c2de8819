import { describe, expect, it } from 'vitest'
import type { Metadata } from '../../events/schemas/common.js'
import { counted, deviceKey, devicesFrom, noDevices, rowsOf, verdictOn, type Devices } from './devices.js'

const by = (actor: string, device: string | null, counter: number | null): Metadata =>
  ({ actor, device, command: counter === null ? null : { counter }, recordedAt: 0, correlation: '', previous: null })
const after = (...events: ReadonlyArray<Metadata>): Devices => events.reduce((devices, metadata, index) => counted(devices, metadata, index), noDevices)
const phone = deviceKey('ada', 'phone')

describe("a device's numbers", () => {
  it('begin with 1; then the next is next, an earlier one used, a later one skipped', () => {
    expect(verdictOn(noDevices, phone, 1)).toEqual({ _tag: 'Next' })
    expect(verdictOn(noDevices, phone, 2)).toEqual({ _tag: 'Skipped', expected: 1 })
    const devices = after(by('ada', 'phone', 1), by('ada', 'phone', 2))
    expect(verdictOn(devices, phone, 3)).toEqual({ _tag: 'Next' })
    expect(verdictOn(devices, phone, 4)).toEqual({ _tag: 'Skipped', expected: 3 })
    expect(verdictOn(devices, phone, 2)).toEqual({ _tag: 'Used', expected: 3, receipt: { counter: 2, first: 1, last: 1 } })
  })

  it('the events of one command share its receipt', () => {
    const devices = after(by('ada', 'phone', 1), by('ada', 'phone', 1), by('ada', 'phone', 1))
    expect(verdictOn(devices, phone, 1)).toEqual({ _tag: 'Used', expected: 2, receipt: { counter: 1, first: 0, last: 2 } })
  })

  it('are its own: not those of other devices, of the same device id elsewhere, nor of events without a number', () => {
    const devices = after(by('ada', 'phone', 1), by('ada', 'laptop', 1), by('ben', 'phone', 1), by('ada', null, null))
    expect(verdictOn(devices, phone, 2)).toEqual({ _tag: 'Next' })
  })

  it('only the latest receipts are kept, the numbers of all', () => {
    const devices = after(...Array.from({ length: 20 }, (_, index) => by('ada', 'phone', index + 1)))
    expect(verdictOn(devices, phone, 12)).toEqual({ _tag: 'Used', expected: 21, receipt: undefined })
    expect(verdictOn(devices, phone, 13)).toMatchObject({ receipt: { counter: 13, first: 12, last: 12 } })
  })

  it('survive a snapshot', () => {
    const devices = after(by('ada', 'phone', 1), by('ben', 'phone', 1), by('ada', 'phone', 2))
    expect(rowsOf(devicesFrom(JSON.parse(JSON.stringify(rowsOf(devices)))))).toEqual(rowsOf(devices))
  })
})
