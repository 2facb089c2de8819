import { describe, expect, it } from 'vitest'
import { memoryKeyring } from './keyring.js'
import { recentWrappingKeys } from './recent-wrapping-keys.js'

const keepMs = 500
const opened = async () => {
  let now = 1
  const inner = memoryKeyring()
  const keyring = recentWrappingKeys(inner, keepMs, () => now)
  const { id } = await keyring.startShard()
  await keyring.find(id)
  return { inner, keyring, id, later: (ms: number) => { now += ms } }
}

describe('wrapping keys that were found a moment ago', () => {
  it('T6: what another process destroys opens for so long and no longer', async () => {
    const { inner, keyring, id, later } = await opened()
    await inner.destroy(id)
    later(keepMs - 1)
    expect(await keyring.find(id)).toMatchObject({ id })
    later(2)
    expect(await keyring.find(id)).toBeUndefined()
  })

  it('T6: what is destroyed here is gone at once', async () => {
    const { keyring, id } = await opened()
    await keyring.destroy(id)
    expect(await keyring.find(id)).toBeUndefined()
  })

  it('a key that comes later is found', async () => {
    const { inner, keyring } = await opened()
    expect(await keyring.find('018f0000-0000-7000-8000-000000000001')).toBeUndefined()
    const { id } = await inner.startShard()
    expect(await keyring.find(id)).toMatchObject({ id })
  })
})
