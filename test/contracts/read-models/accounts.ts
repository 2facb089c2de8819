import { uuidv7 } from 'uuidv7'
import { describe, expect, it } from 'vitest'
import { scriptedAccount, scriptedLog } from './history.js'
import { people } from './people.js'
import type { OpenReadModels } from './subject.js'
import { answer, projectAll, readSideOf, refusal } from './subject.js'

const handleOf = (name: string): string => `${name}_${uuidv7().slice(-12)}`

export const accounts = (subject: () => OpenReadModels): void => {
  describe('accounts', () => {
    it('an account sees its profile and devices, others see handle and name', async () => {
      const log = scriptedLog()
      const [account, [phone, laptop, other], handle] = [scriptedAccount(log), people(3), handleOf('Anna')]
      await account.register({ handle, name: 'Anna', email: 'anna@example.org' })
      await account.addDevice(phone)
      await account.addDevice(laptop)
      await account.revokeDevice(phone)
      await projectAll(subject(), log.keyStore, log.events)
      const read = readSideOf(subject(), log.keyStore)
      expect(await answer(read.account(account.id))).toEqual({
        userId: account.id, handle, name: 'Anna', email: 'anna@example.org',
        devices: [{ deviceId: phone, registeredAt: 1_790_000_000_002, revoked: true }, { deviceId: laptop, registeredAt: 1_790_000_000_003, revoked: false }],
      })
      const profile = { userId: account.id, handle, name: 'Anna' }
      expect(await answer(read.accountByHandle(other, handle.toUpperCase()))).toEqual(profile)
      expect(await answer(read.profiles(other, [other, account.id, account.id]))).toEqual([profile])
      expect(await refusal(read.account(other))).toMatchObject({ status: 404 })
    })

    it('a changed handle is found, the old one is not', async () => {
      const log = scriptedLog()
      const [account, [old, fresh]] = [scriptedAccount(log), [handleOf('old'), handleOf('new')]]
      await account.register({ handle: old, name: 'Anna' })
      await account.change({ handle: fresh, name: 'Anna B' })
      await projectAll(subject(), log.keyStore, log.events)
      const read = readSideOf(subject(), log.keyStore)
      expect(await answer(read.accountByHandle(account.id, fresh))).toEqual({ userId: account.id, handle: fresh, name: 'Anna B' })
      expect(await refusal(read.accountByHandle(account.id, old))).toMatchObject({ status: 404 })
    })

    it('a handle that moved on belongs to who took it last', async () => {
      const log = scriptedLog()
      const [one, two, handle] = [scriptedAccount(log), scriptedAccount(log), handleOf('wanted')]
      await one.register({ handle, name: 'One' })
      await two.register({ handle, name: 'Two' })
      await projectAll(subject(), log.keyStore, log.events)
      expect((await answer(readSideOf(subject(), log.keyStore).accountByHandle(one.id, handle))).userId).toBe(two.id)
    })

    it('E8: a forgotten account is unknown, before and after its profile is projected again', async () => {
      const log = scriptedLog()
      const [account, handle] = [scriptedAccount(log), handleOf('gone')]
      await account.register({ handle, name: 'Gone' })
      await projectAll(subject(), log.keyStore, log.events)
      await account.forget()
      const read = readSideOf(subject(), log.keyStore)
      const unknown = async () => {
        expect(await refusal(read.account(account.id))).toMatchObject({ status: 404 })
        expect(await refusal(read.accountByHandle(account.id, handle))).toMatchObject({ status: 404 })
        expect(await answer(read.profiles(account.id, [account.id]))).toEqual([])
      }
      await unknown()
      await projectAll(subject(), log.keyStore, log.events)
      await unknown()
      expect((await subject().rows()).filter((row) => row.includes(handle)), 'its digest is gone').toEqual([])
    })

    it('at most 200 profiles at once', async () => {
      const read = readSideOf(subject(), scriptedLog().keyStore)
      const ids = Array.from({ length: 201 }, () => uuidv7())
      expect(await refusal(read.profiles(uuidv7(), ids))).toMatchObject({ status: 400 })
      expect(await answer(read.profiles(uuidv7(), ids.slice(1)))).toEqual([])
    })
  })
}
