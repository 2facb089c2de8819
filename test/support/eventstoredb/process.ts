import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

export interface StandInProcess {
  readonly url: string
  readonly port: number
  readonly pid: number
  /** Ends the process with a signal and waits until it is gone. */
  readonly end: (signal: 'SIGKILL' | 'SIGTERM') => Promise<void>
}

const entry = fileURLToPath(new URL('./main.ts', import.meta.url))
const bundle = fileURLToPath(new URL(`../../../node_modules/.cache/tidings-eventstoredb-stand-in-${process.pid}.mjs`, import.meta.url))

const bundled = () => {
  process.once('exit', () => rmSync(bundle, { force: true }))
  return build({ entryPoints: [entry], outfile: bundle, bundle: true, platform: 'node', format: 'esm', packages: 'external' })
}
let bundling: Promise<unknown> | undefined

/** Starts the stand-in as a process of its own, from the sources as they are; ready when the promise resolves. */
export const startStandInProcess = async (options: { readonly directory: string; readonly port?: number }): Promise<StandInProcess> => {
  await (bundling ??= bundled())
  const child = spawn(process.execPath, [bundle, '--port', String(options.port ?? 0), '--directory', options.directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit')
  const [line] = await Promise.race([once(child.stdout, 'data'), exited.then(() => { throw new Error('the stand-in did not start') })]) as [Buffer]
  const url = line.toString('utf8').trim()
  const end = async (signal: 'SIGKILL' | 'SIGTERM') => {
    child.kill(signal)
    await exited
  }
  return { url, port: Number(new URL(url).port), pid: child.pid ?? 0, end }
}
