import { spawn, type ChildProcess } from 'node:child_process'
import { chmodSync, chownSync, closeSync, mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { serverUser } from '../../../adapters/embedded/unprivileged.js'

const POLL_INTERVAL_MS = 10
const STOP_TIMEOUT_MS = 10_000

export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(address !== null && typeof address === 'object' ? address.port : 0))
    })
  })

/** Gives a tree to the user that servers run as. */
export const giveToServer = (path: string): void => {
  const { uid, gid } = serverUser()
  if (uid === undefined || gid === undefined) return
  chownSync(path, uid, gid)
  for (const name of readdirSync(path, { recursive: true })) chownSync(join(path, String(name)), uid, gid)
}

/** A new folder of this run, reachable by the server's user, with an empty `data/` that belongs to it. */
export const runFolder = (name: string): string => {
  const folder = mkdtempSync(join(tmpdir(), `tidings-run-${name}-`))
  chmodSync(folder, 0o755)
  mkdirSync(join(folder, 'data'))
  giveToServer(join(folder, 'data'))
  return folder
}

/**
 * Kills a process group and removes a folder when this process ends in whatever way, also by SIGKILL: a shell waits for the
 * end of its input. Answers the function that calls the guard off.
 */
export const guard = (pid: number, folder: string): (() => void) => {
  const script = 'read -r _; for _ in 1 2 3 4 5; do kill -s KILL -- "-$1" 2>/dev/null || break; sleep 0.1; done; rm -rf -- "$2"'
  const shell = spawn('/bin/sh', ['-c', script, 'sh', String(pid), folder], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] })
  shell.unref()
  if (shell.stdin && 'unref' in shell.stdin && typeof shell.stdin.unref === 'function') shell.stdin.unref()
  return () => void shell.kill('SIGKILL')
}

/** A server program of ours in a process group of its own. */
export interface NativeProcess {
  /** Undefined when the program could not be started. */
  readonly pid: number | undefined
  readonly hasEnded: () => boolean
  /** The last lines that it wrote. */
  readonly lastWords: () => string
  /** Sends the signal to the group and resolves when the process has ended; SIGKILL follows after 10 s. Idempotent. */
  readonly end: (signal: 'SIGTERM' | 'SIGKILL') => Promise<void>
}

const toGroup = (child: ChildProcess, signal: NodeJS.Signals): void => {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, signal)
  } catch {
    // It ended by itself.
  }
}

export const runNative = (
  program: string, flags: ReadonlyArray<string>, folder: string, environment: NodeJS.ProcessEnv = {},
): NativeProcess => {
  const log = join(folder, 'output.log')
  const output = openSync(log, 'a')
  const child = spawn(program, flags, {
    ...serverUser(), cwd: join(folder, 'data'), detached: true, stdio: ['ignore', output, output],
    env: { PATH: process.env['PATH'], ...environment },
  })
  closeSync(output)
  let ended = false
  child.once('error', () => { ended = true }).once('exit', () => { ended = true })
  child.unref()
  const callOff = child.pid === undefined ? () => undefined : guard(child.pid, folder)
  const end = async (signal: 'SIGTERM' | 'SIGKILL'): Promise<void> => {
    const deadline = Date.now() + STOP_TIMEOUT_MS
    toGroup(child, signal)
    while (!ended) {
      if (Date.now() > deadline) toGroup(child, 'SIGKILL')
      await delay(POLL_INTERVAL_MS)
    }
    callOff()
  }
  const lastWords = () => readFileSync(log, 'utf8').trim().split('\n').slice(-5).join('\n')
  return { pid: child.pid, hasEnded: () => ended, lastWords, end }
}

/** Asks until the server answers; rejects with its last words when it ends or stays silent for `timeoutMs`. */
export const untilAnswers = async (server: NativeProcess, ask: () => Promise<void>, timeoutMs: number): Promise<void> => {
  const deadline = Date.now() + timeoutMs
  for (;;) {
    try {
      return await ask()
    } catch (error) {
      if (server.hasEnded()) throw new Error(`it ended while starting: ${server.lastWords()}`, { cause: error })
      if (Date.now() > deadline) throw new Error(`no answer within ${timeoutMs} ms: ${server.lastWords()}`, { cause: error })
      await delay(POLL_INTERVAL_MS)
    }
  }
}

export const removeFolder = (folder: string): void => rmSync(folder, { recursive: true, force: true })
