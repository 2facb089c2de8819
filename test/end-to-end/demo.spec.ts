import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
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
  it('L2, L5, O1, Q5: plays a log; nothing lost, doubled or reordered while the process is killed again and again', { timeout: timeoutMs }, () => {
    expect(demo(['--logs', '1', '--kill', '4'])).toContain('4 processes killed')
  })
})

describeWith(['kafka', 'redis'], 'tidings demo, profile cluster', () => {
  it('G7, L8: the same through Kafka, Redis and the EventStoreDB client, with relay, projectors, api and gateways killed', { timeout: timeoutMs }, () => {
    expect(demo(['--logs', '1', '--profile', 'cluster', '--kill', '5'])).toContain('5 processes killed')
  })
})
