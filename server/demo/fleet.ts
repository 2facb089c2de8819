import { spawn, type ChildProcess } from 'node:child_process'
import { createServer, type AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'

export interface FleetMember {
  readonly name: string
  /** Settings as environment variables; ports are fixed, so that a killed process comes back where it was. */
  readonly environment: Readonly<Record<string, string>>
  /** Answers 200 once the process is ready. */
  readonly readyUrl: string
}

export interface Fleet {
  /** SIGKILL to one of the processes, chosen by `random`; started again at once. Resolves when it is ready again. */
  readonly killOne: (random: () => number) => Promise<string>
  readonly kills: () => number
  /** Orderly: SIGTERM, each is awaited. */
  readonly stop: () => Promise<void>
}

const main = fileURLToPath(new URL('../cli/main.js', import.meta.url))
const readyWithinMs = 90_000
const pollMs = 50

/** A port of the loopback that is free now. */
export const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => { resolve(port) })
    })
  })

const isReady = async (url: string): Promise<boolean> => {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(1_000) })).ok
  } catch {
    return false
  }
}

const ready = async (member: FleetMember, child: ChildProcess): Promise<void> => {
  const deadline = Date.now() + readyWithinMs
  while (!(await isReady(member.readyUrl))) {
    if (child.exitCode !== null) throw new Error(`${member.name} ended with ${child.exitCode} before it was ready`)
    if (Date.now() > deadline) throw new Error(`${member.name} was not ready within ${readyWithinMs} ms`)
    await new Promise((resolve) => setTimeout(resolve, pollMs))
  }
}

const launch = (member: FleetMember): ChildProcess =>
  spawn(process.execPath, [main, 'start'], {
    env: { ...process.env, ...member.environment },
    stdio: ['ignore', 'ignore', 'inherit'],
  })

const ended = (child: ChildProcess): Promise<void> =>
  child.exitCode !== null || child.signalCode !== null ? Promise.resolve() : new Promise((resolve) => child.once('exit', () => { resolve() }))

/** Starts the processes of a deployment, one after another, each when the one before is ready. */
export const startFleet = async (members: ReadonlyArray<FleetMember>): Promise<Fleet> => {
  const running = new Map<FleetMember, ChildProcess>()
  const start = async (member: FleetMember) => {
    const child = launch(member)
    running.set(member, child)
    await ready(member, child)
  }
  for (const member of members) await start(member)
  let kills = 0
  return {
    killOne: async (random) => {
      const member = members[Math.floor(random() * members.length)]
      const child = member === undefined ? undefined : running.get(member)
      if (member === undefined || child === undefined) throw new Error('a fleet without processes')
      child.kill('SIGKILL')
      kills += 1
      await ended(child)
      await start(member)
      return member.name
    },
    kills: () => kills,
    stop: async () => {
      const children = [...running.values()]
      children.forEach((child) => { child.kill('SIGTERM') })
      await Promise.all(children.map(ended))
    },
  }
}
