import { uuidv7 } from 'uuidv7'
import { describe, expect, it } from 'vitest'
import { receiptsStream } from '../../events/streams.js'
import { aMember, answer, codeOf, commandSides, refusal, stored } from '../support/command-side.js'

describe('how far an account has read its notifications', () => {
  it('a mark is stored once, also when it is sent again to another process', async () => {
    const { start, log } = commandSides()
    const side = start()
    const ada = await aMember(side)
    const first = await answer(side.markNotificationsRead(ada.account, { through: '0000000042' }))
    const before = stored(log)
    expect(await answer(side.markNotificationsRead(ada.account, { through: '0000000042' }))).toEqual({ ...first, unchanged: true })
    expect(await answer(side.markNotificationsRead(ada.account, { through: '0000000041' }))).toMatchObject({ unchanged: true })
    expect(await answer(start().markNotificationsRead(ada.account, { through: '0000000042' }))).toMatchObject({ position: first.position })
    expect(stored(log)).toBe(before)
    expect(log.streams.get(receiptsStream(ada.account))?.map(({ type }) => type)).toEqual(['NotificationsRead'])
  })

  it('clearing is another thing than reading', async () => {
    const { start, log } = commandSides()
    const side = start()
    const ada = await aMember(side)
    await answer(side.markNotificationsRead(ada.account, { through: '42' }))
    await answer(side.markNotificationsRead(ada.account, { through: '42', clear: true }))
    await answer(side.markNotificationsRead(ada.account, { through: '43' }))
    expect(log.streams.get(receiptsStream(ada.account))).toHaveLength(3)
  })

  it('an account that is not registered marks nothing', async () =>
    expect(codeOf(await refusal(commandSides().start().markNotificationsRead(uuidv7(), { through: '42' })))).toBe('account-unknown'))
})
