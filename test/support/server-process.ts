import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { freePort } from '../../server/demo/fleet.js'
import { until } from './until.js'

/** The built program, as `npm start` runs it (dist/ is built before the tests). */
export const program = fileURLToPath(new URL('../../dist/server/cli/main.js', import.meta.url))

export interface ServerProcess {
  readonly api: string
  readonly sockets: string
  readonly pid: number
  /** What it printed so far. */
  readonly output: () => string
  /** Sends the signal and waits until the process is gone; its exit code, or null when killed. */
  readonly end: (signal: NodeJS.Signals) => Promise<number | null>
}

const isReady = (url: string): Promise<boolean> => fetch(`${url}/readyz`).then(({ ok }) => ok, () => false)

/** Starts `tidings start` on a data folder and free ports; ready when the promise resolves. */
export const startServer = async (directory: string, environment: Readonly<Record<string, string>> = {}): Promise<ServerProcess> => {
  const [http, socket] = [await freePort(), await freePort()]
  const child = spawn(process.execPath, [program, 'start'], {
    env: {
      ...process.env, TIDINGS_DATA_DIRECTORY: directory, TIDINGS_HTTP_PORT: String(http), TIDINGS_SOCKET_PORT: String(socket),
      // Tests are faster than people; those about rates say otherwise.
      TIDINGS_RATE_LIMITS: 'off', ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => { output += text.toString('utf8') })
  const exited = once(child, 'exit') as Promise<[number | null]>
  const api = `http://127.0.0.1:${http}`
  await Promise.race([until(() => isReady(api), 90_000), exited.then(() => { throw new Error(`it did not start:\n${output}`) })])
  const end: ServerProcess['end'] = async (signal) => {
    child.kill(signal)
    const [code] = await exited
    return code
  }
  return { api, sockets: `ws://127.0.0.1:${socket}`, pid: child.pid ?? 0, output: () => output, end }
}
