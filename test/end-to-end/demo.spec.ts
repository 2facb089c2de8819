import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { program } from '../support/server-process.js'
import { describeWith } from '../support/services/index.js'

const timeoutMs = 170_000
const zeros = ['lost', 'doubled', 'out of order', 'from outside the membership', 'not acknowledged', 'not stored', 'holes in the sequences', 'messages unlike the log', 'broken hash links']

const demo = (args: ReadonlyArray<string>) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, 'demo', ...args], { encoding: 'utf8', timeout: timeoutMs })
  expect({ status, said: `${stdout}\n${stderr}` }).toMatchObject({ status: 0, said: expect.stringContaining('ok     lost: 0') as string })
  for (const what of zeros) expect(stdout).toContain(`ok     ${what}: 0`)
  return stdout
}

describe('tidings demo, profile embedded', () => {
  const directory = mkdtempSync(join(tmpdir(), 'tidings-kept-'))
  afterAll(() => { rmSync(directory, { recursive: true, force: true }) })
  const tidings = (...args: ReadonlyArray<string>): string => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
      encoding: 'utf8', env: { ...process.env, TIDINGS_DATA_DIRECTORY: join(directory, 'data') },
    })
    expect({ status, stderr }).toMatchObject({ status: 0 })
    return stdout
  }

  it('L2, L5, O1, Q5: plays a log; nothing lost, doubled or reordered while the process is killed again and again', { timeout: timeoutMs }, () => {
    expect(demo(['--logs', '1', '--kill', '4', '--keep', directory])).toContain('4 processes killed')
  })

  it('L2: afterwards every rebuilt read model equals the live one, row by row', () => {
    const said = tidings('rebuild', '--all')
    expect(said).toMatch(/^equal {3}timeline\.events: live [1-9]\d+ rows/m)
    expect(said).not.toContain('DIFFERS')
    expect(said).toContain('the rebuilt read models are live')
  })

  it('L1, A3: every chain holds, and a stream is printed without a hole', () => {
    expect(tidings('log', 'verify')).toContain('every chain holds')
    expect(tidings('projections')).toContain('no stream is parked')
  })

  it('T6: the keys are re-wrapped and the old wrapping key is gone', () => {
    expect(tidings('keys', 'rotate')).toMatch(/^[1-9]\d* living keys re-wrapped; 1 wrapping keys destroyed/)
    expect(tidings('keys', 'rotate')).toMatch(/^[1-9]\d* living keys re-wrapped; 1 wrapping keys destroyed/)
  })
})

describeWith(['kafka', 'redis'], 'tidings demo, profile cluster', () => {
  it('G7, L8: the same through Kafka, Redis and the EventStoreDB client, with relay, projectors, api and gateways killed', { timeout: timeoutMs }, () => {
    expect(demo(['--logs', '1', '--profile', 'cluster', '--kill', '5'])).toContain('5 processes killed')
  })
})
