import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { buildSync } from 'esbuild'
import { until } from '../../support/until.js'

const source = (pgUrl: string, brokers: string, prefix: string, partitions: number): string => `
  import { postgresEventStore } from './adapters/postgres/event-store/event-store.js'
  import { postgresPool } from './adapters/postgres/pool.js'
  import { startRelay } from './adapters/kafka/relay.js'
  const eventStore = await postgresEventStore({ pool: postgresPool({ url: ${JSON.stringify(pgUrl)} }) })
  const relay = startRelay({ eventStore, connection: { brokers: ${JSON.stringify(brokers.split(','))} }, topic: { prefix: ${JSON.stringify(prefix)}, partitions: ${partitions} } })
  setInterval(() => process.stdout.write(relay.watermark() + '\\n'), 5)`

const repository = new URL('../../../', import.meta.url).pathname

export interface RelayProcess {
  /** Resolves when it has relayed something more. */
  readonly progressed: () => Promise<void>
  /** SIGKILL; resolves when it is gone. */
  readonly kill: () => Promise<void>
}

/** Compiles the relay once; each call starts it as a process of its own. */
export const relayProcesses = (pgUrl: string, brokers: string, prefix: string, partitions: number): (() => RelayProcess) => {
  const stdin = { contents: source(pgUrl, brokers, prefix, partitions), resolveDir: repository, loader: 'ts' } as const
  const built = buildSync({ stdin, bundle: true, write: false, packages: 'external', platform: 'node', format: 'esm', target: 'node20', logLevel: 'silent' })
  const code = built.outputFiles[0]?.text ?? ''
  return () => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', code], { cwd: repository, stdio: ['ignore', 'pipe', 'inherit'] })
    let watermark = ''
    child.stdout.on('data', (bytes: Buffer) => { watermark = bytes.toString().trim().split('\n').at(-1) ?? '' })
    const progressed = async () => {
      const before = watermark
      await until(() => child.exitCode !== null || (watermark !== before && watermark !== 'start'), 30_000)
      if (child.exitCode !== null) throw new Error(`the relay ended with ${child.exitCode}`)
    }
    const kill = async () => {
      const gone = once(child, 'exit')
      child.kill('SIGKILL')
      await gone
    }
    return { progressed, kill }
  }
}
