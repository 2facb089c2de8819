import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { buildSync } from 'esbuild'
import { afterAll, describe, expect, it } from 'vitest'
import { until } from '../test/support/until.js'
import { createLogger } from './logging.js'
import { createShutdown } from './shutdown.js'

const quiet = createLogger('silent')

describe('shutdown', () => {
  it('ends last what began first, once, whoever asks', async () => {
    const [shutdown, ended] = [createShutdown(quiet), [] as string[]]
    for (const name of ['store', 'projector', 'listener']) shutdown.onStop(name, async () => { ended.push(name) })
    expect(shutdown.signal.aborted).toBe(false)
    const answers = await Promise.all([shutdown.stop('one'), shutdown.stop('two')])
    expect([ended, answers, shutdown.signal.aborted]).toEqual([['listener', 'projector', 'store'], [true, true], true])
  })

  it('a step that fails, throws or never ends does not keep the others', async () => {
    const [lines, ended] = [[] as string[], [] as string[]]
    const shutdown = createShutdown(createLogger('error', { write: (line) => { lines.push(line) } }), 20)
    shutdown.onStop('last', async () => { ended.push('last') })
    shutdown.onStop('fails', () => Promise.reject(new Error('no')))
    shutdown.onStop('throws', () => { throw new Error('no') })
    shutdown.onStop('hangs', () => new Promise(() => undefined))
    expect(await shutdown.stop('test')).toBe(false)
    expect(ended).toEqual(['last'])
    expect(lines.map((line) => (JSON.parse(line) as { step: string }).step)).toEqual(['hangs', 'throws', 'fails'])
  })

  it('what begins too late is ended at once', async () => {
    const [shutdown, ended] = [createShutdown(quiet), [] as string[]]
    await shutdown.stop('test')
    shutdown.onStop('late', async () => { ended.push('late') })
    await Promise.resolve()
    expect(ended).toEqual(['late'])
  })
})

describe('a process that stops on signals', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tidings-shutdown-'))
  afterAll(() => { rmSync(folder, { recursive: true }) })
  const script = join(folder, 'process.mjs')
  const source = (step: string, then: string) => `
    import { createLogger } from '${resolve('platform/logging.ts')}'
    import { createShutdown, stopOnSignals } from '${resolve('platform/shutdown.ts')}'
    const shutdown = createShutdown(createLogger('silent'))
    stopOnSignals(shutdown, createLogger('silent'))
    const alive = setInterval(() => undefined, 1_000)
    shutdown.onStop('step', ${step})
    process.stdout.write('up')
    ${then}`

  const run = async (step: string, then = '') => {
    writeFileSync(join(folder, 'source.ts'), source(step, then))
    buildSync({ entryPoints: [join(folder, 'source.ts')], outfile: script, bundle: true, platform: 'node', format: 'esm', logLevel: 'error', banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url)" } })
    const child = spawn(process.execPath, [script])
    let said = ''
    child.stdout.setEncoding('utf8').on('data', (chunk) => { said += String(chunk) })
    const ended = once(child, 'close') as Promise<[number | null, string | null]>
    await until(() => said.startsWith('up'))
    return { child, said: () => said, ended }
  }

  it('SIGTERM ends it in order with code 0', async () => {
    const { child, said, ended } = await run('async () => { process.stdout.write(" stopped") }')
    child.kill('SIGTERM')
    expect([(await ended)[0], said()]).toEqual([0, 'up stopped'])
  })

  it('a second signal ends it at once', async () => {
    const { child, said, ended } = await run('() => { process.stdout.write(" stopping"); return new Promise(() => undefined) }')
    child.kill('SIGINT')
    await until(() => said() === 'up stopping')
    child.kill('SIGINT')
    expect((await ended)[0]).toBe(130)
  })

  it('a defect that nobody caught ends it in order with code 1', async () => {
    const { said, ended } = await run('async () => { process.stdout.write(" stopped") }', 'setTimeout(() => { throw new Error("defect") }, 20)')
    expect([(await ended)[0], said()]).toEqual([1, 'up stopped'])
  })
})
