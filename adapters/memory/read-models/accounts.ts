import type { AccountsWrite } from '../../../projections/accounts/writes.js'
import { accountsModel } from '../../../projections/accounts/writes.js'
import type { MemoryReadModel } from '../read-model.js'

export interface MemoryDevice {
  readonly registeredAt: number
  readonly revoked: boolean
  readonly revision: number
}

export type MemoryProfile = Extract<AccountsWrite, { readonly op: 'profile' }>

export interface MemoryAccounts extends MemoryReadModel<AccountsWrite> {
  readonly profiles: ReadonlyMap<string, MemoryProfile>
  readonly devices: ReadonlyMap<string, ReadonlyMap<string, MemoryDevice>>
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

export const memoryAccounts = (): MemoryAccounts => {
  const profiles = new Map<string, MemoryProfile>()
  const devices = new Map<string, Map<string, MemoryDevice>>()

  const applyDevice = (write: Exclude<AccountsWrite, MemoryProfile>): void => {
    const ofUser = devices.get(write.userId) ?? new Map<string, MemoryDevice>()
    const device = deviceAfter(ofUser.get(write.deviceId), write)
    if (device !== undefined) devices.set(write.userId, ofUser.set(write.deviceId, device))
  }
  return {
    ...accountsModel,
    profiles,
    devices,
    apply: (writes) => {
      for (const write of writes) {
        if (write.op !== 'profile') applyDevice(write)
        else if ((profiles.get(write.userId)?.revision ?? -1) <= write.revision) profiles.set(write.userId, write)
      }
    },
  }
}
