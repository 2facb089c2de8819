import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { generatedLogs, openLogs, type LogChoice } from './source.js'

let home = ''
const opened = async (choice: LogChoice) => {
  const logs = await openLogs(choice)()
  if (E.isLeft(logs)) throw new Error(logs.left._tag)
  return logs.right
}

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'tidings-logs-'))
  for (const folder of ['checkout', 'empty', 'own', 'gone', 'shared/data/irc']) await mkdir(join(home, folder), { recursive: true })
  await writeFile(join(home, 'own', 'team.raw.txt'), '[09:00] <ann> hi\n[09:01] <bob> ann: ho\n')
  await writeFile(join(home, 'own', 'team.annotation.txt'), '0 1 -\n')
  await writeFile(join(home, 'gone', 'gone.raw.txt'), '')
  const days = ['01', '02', '03', '04'].map((day) => `2005-01-${day}.train-c.raw.txt`)
  for (const day of days) await writeFile(join(home, 'shared/data/irc', day), '[09:00] <ann> hi\n')
})
afterAll(() => rm(home, { recursive: true }))

describe('where the logs come from', () => {
  it('a given directory comes first; its logs are read with their annotations when asked for', async () => {
    const { origin, credit, logs } = await opened({ directory: join(home, 'own'), count: 'all', checkout: join(home, 'checkout') })
    expect(origin).toEqual({ _tag: 'Directory', directory: join(home, 'own') })
    expect(credit).not.toContain('Kummerfeld')
    expect(await logs[0]?.load()).toMatchObject(E.right({ name: 'team', events: [{ nick: 'ann' }, { nick: 'bob', replyTo: 0 }] }))
  })

  it('else the data beside the checkout, with its credit, a count of it spread evenly', async () => {
    const { origin, credit, logs } = await opened({ count: 2, checkout: join(home, 'checkout') })
    expect(origin).toEqual({ _tag: 'Directory', directory: join(home, 'shared/data/irc') })
    expect(credit).toMatch(/Kummerfeld.*CC BY 4\.0/u)
    expect(logs.map((log) => log.name)).toEqual(['2005-01-02.train-c', '2005-01-04.train-c'])
    expect((await opened({ count: 9, checkout: join(home, 'checkout') })).logs).toHaveLength(4)
  })

  it('else invented ones, each of another seed', async () => {
    const { origin, logs } = await opened({ count: 3, checkout: join(home, 'shared', 'data') })
    expect(origin).toEqual({ _tag: 'Generated' })
    expect(logs.map((log) => log.name)).toEqual(['generated-1', 'generated-2', 'generated-3'])
    expect(await logs[2]?.load()).toMatchObject(E.right({ name: 'generated-3' }))
    expect((await opened({ count: 'all', checkout: join(home, 'shared', 'data') })).logs).toHaveLength(generatedLogs.count)
  })

  it('a directory without logs, without existence, and a log that is gone are said to be so', async () => {
    const empty = join(home, 'empty')
    expect(await openLogs({ directory: empty, count: 1 })()).toEqual(E.left({ _tag: 'NoLogsInDirectory', directory: empty }))
    expect(await openLogs({ directory: join(home, 'nowhere'), count: 1 })()).toMatchObject(E.left({ _tag: 'DirectoryUnreadable' }))
    const { logs } = await opened({ directory: join(home, 'gone'), count: 1 })
    await rm(join(home, 'gone', 'gone.raw.txt'))
    expect(await logs[0]?.load()).toMatchObject(E.left({ _tag: 'LogUnreadable', name: 'gone' }))
  })
})
