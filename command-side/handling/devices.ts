import { Map } from 'immutable'
import type { Metadata } from '../../events/schemas/common.js'

const RECENT_COMMANDS_OF_A_DEVICE = 8

/** Where the events of a device's numbered command lie in the stream. */
export interface Receipt {
  readonly counter: number
  readonly first: number
  readonly last: number
}

/** The counter that a device used last, and its latest commands, oldest first. */
export interface Numbered {
  readonly last: number
  readonly recent: ReadonlyArray<Receipt>
}

/** By account and device: two accounts may call a device by the same id, and must not use up each other's numbers. */
export type Devices = Map<string, Numbered>

export const noDevices: Devices = Map()

export const deviceKey = (account: string, device: string): string => `${account} ${device}`

/** The devices after one more event. All events of one command carry its counter and stand side by side. */
export const counted = (devices: Devices, { actor, device, command }: Metadata, revision: number): Devices => {
  if (device === null || command === null) return devices
  const key = deviceKey(actor, device)
  const recent = devices.get(key)?.recent ?? []
  const latest = recent.at(-1)
  const same = latest?.counter === command.counter
  const receipt = { counter: command.counter, first: same ? latest.first : revision, last: revision }
  return devices.set(key, {
    last: command.counter,
    recent: [...(same ? recent.slice(0, -1) : recent), receipt].slice(-RECENT_COMMANDS_OF_A_DEVICE),
  })
}

export type Verdict =
  | { readonly _tag: 'Next' }
  | { readonly _tag: 'Skipped'; readonly expected: number }
  /** `receipt` is known of the latest ones only. */
  | { readonly _tag: 'Used'; readonly expected: number; readonly receipt: Receipt | undefined }

/** What a device's number is: the next one, one used before, or one too far on. */
export const verdictOn = (devices: Devices, key: string, counter: number): Verdict => {
  const known = devices.get(key)
  const expected = (known?.last ?? 0) + 1
  if (counter === expected) return { _tag: 'Next' }
  if (counter > expected) return { _tag: 'Skipped', expected }
  return { _tag: 'Used', expected, receipt: known?.recent.find((receipt) => receipt.counter === counter) }
}

type Row = readonly [key: string, last: number, recent: ReadonlyArray<readonly [counter: number, first: number, last: number]>]

export const rowsOf = (devices: Devices): ReadonlyArray<Row> =>
  [...devices].map(([key, { last, recent }]) => [key, last, recent.map((receipt) => [receipt.counter, receipt.first, receipt.last] as const)])

export const devicesFrom = (rows: ReadonlyArray<Row>): Devices =>
  Map(rows.map(([key, last, recent]) => [key, { last, recent: recent.map(([counter, first, to]) => ({ counter, first, last: to })) }]))
