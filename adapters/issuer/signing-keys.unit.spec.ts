import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { newId } from '../../platform/identifiers.js'
import { signingKeysIn } from './signing-keys.js'

const folder = mkdtempSync(join(tmpdir(), 'tidings-signing-'))
afterAll(() => { rmSync(folder, { recursive: true }) })

const hour = 3_600_000
const day = 24 * hour
const setUp = () => {
  const [path, time] = [join(folder, newId(), 'issuer-keys.json'), { now: 1_800_000_000_000 }]
  const open = () => signingKeysIn(path, () => time.now)
  return { path, time, open }
}
const kidsOf = async (keys: ReturnType<typeof signingKeysIn>) => (await keys.published()).keys.map(({ kid }) => kid)

it('the file is the owner\'s alone and survives a restart', async () => {
  const { path, open } = setUp()
  const [kid, secret] = [(await open().current()).kid, await open().refreshSecret()]
  expect(statSync(path).mode & 0o777).toBe(0o600)
  expect([(await open().current()).kid, await open().refreshSecret()]).toEqual([kid, secret])
})

it('processes that begin at once share one key', async () => {
  const { open } = setUp()
  const kids = await Promise.all(Array.from({ length: 8 }, async () => (await open().current()).kid))
  expect(new Set(kids).size).toBe(1)
})

it('a new key is shown an hour before it signs, the old one until no token of it can live', async () => {
  const { time, open } = setUp()
  const keys = open()
  const old = (await keys.current()).kid
  time.now += 90 * day
  expect(await kidsOf(keys)).toHaveLength(2)
  time.now += hour - 1
  expect((await keys.current()).kid).toBe(old)
  time.now += 10_001
  const renewed = (await keys.current()).kid
  expect(renewed).not.toBe(old)
  time.now += 2 * day - 20_000
  expect(await kidsOf(keys)).toEqual([old, renewed])
  time.now += 20_000
  expect(await kidsOf(keys)).toEqual([renewed])
})

it('of processes that rotate at once one wins, and all sign with its key', async () => {
  const { time, open } = setUp()
  const processes = Array.from({ length: 6 }, open)
  await Promise.all(processes.map((keys) => keys.current()))
  time.now += 90 * day
  await Promise.all(processes.map((keys) => keys.published()))
  time.now += hour
  const signers = await Promise.all(processes.map(async (keys) => (await keys.current()).kid))
  expect(new Set(signers).size).toBe(1)
  for (const keys of processes) expect(await kidsOf(keys)).toContain(signers[0])
})

it('a file that others may read, or that is damaged, is not used', async () => {
  const { path, open } = setUp()
  await open().current()
  chmodSync(path, 0o644)
  await expect(open().current()).rejects.toThrow('may be read or written by others')
  chmodSync(path, 0o600)
  writeFileSync(path, readFileSync(path, 'utf8').slice(1))
  await expect(open().current()).rejects.toThrow('does not hold signing keys')
})
