import type { AccountsWrite } from '../../../projections/accounts/writes.js'
import { accountsModel } from '../../../projections/accounts/writes.js'
import type { MemoryReadModel, MemoryTables } from '../read-model.js'
import type { Exchangeable } from './exchangeable.js'
import { exchangeable } from './exchangeable.js'

export interface MemoryDevice {
  readonly registeredAt: number
  readonly revoked: boolean
  readonly revision: number
}

export type MemoryProfile = Extract<AccountsWrite, { readonly op: 'profile' }>

interface AccountTables extends MemoryTables {
  readonly profiles: Map<string, MemoryProfile>
  /** Account → device → what is known of it. */
  readonly devices: Map<string, Map<string, MemoryDevice>>
}

export interface MemoryAccounts extends MemoryReadModel<AccountsWrite> {
  readonly tables: Exchangeable<AccountTables>
}

const deviceAfter = (before: MemoryDevice | undefined, write: Exclude<AccountsWrite, MemoryProfile>): MemoryDevice | undefined => {
  if (before !== undefined && before.revision >= write.revision) return before
  switch (write.op) {
    case 'device-registered':
      return { registeredAt: write.at, revoked: false, revision: write.revision }
    case 'device-revoked':
      return before && { ...before, revoked: true, revision: write.revision }
  }
}

const applyDevice = (devices: AccountTables['devices'], write: Exclude<AccountsWrite, MemoryProfile>): void => {
  const ofUser = devices.get(write.userId) ?? new Map<string, MemoryDevice>()
  const device = deviceAfter(ofUser.get(write.deviceId), write)
  if (device !== undefined) devices.set(write.userId, ofUser.set(write.deviceId, device))
}

export const memoryAccounts = (): MemoryAccounts => {
  const tables = exchangeable((): AccountTables => ({ profiles: new Map(), devices: new Map() }))
  return {
    ...accountsModel,
    tables,
    apply: (writes) => {
      const { profiles, devices } = tables.current()
      for (const write of writes) {
        if (write.op !== 'profile') applyDevice(devices, write)
        else if ((profiles.get(write.userId)?.revision ?? -1) <= write.revision) profiles.set(write.userId, write)
      }
    },
  }
}
