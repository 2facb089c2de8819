import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { WebSocket } from 'ws'
import { expect } from 'vitest'
import type { Problem } from '../../events/wire/answers.js'
import type { ServerFrame } from '../../events/wire/frames.js'
import { problems, type ProblemCode } from '../../events/wire/problems.js'
import { migratedDatabase } from './migrated-database.js'
import { startServer, type ServerProcess } from './server-process.js'
import type { Person } from './signed-up.js'
import { until } from './until.js'

/** A refusal as it came, over either transport. */
export interface Refusal {
  readonly text: string
  readonly problem: Problem
}

export interface WatchedServer {
  readonly server: ServerProcess
  readonly directory: string
  /** Where the log ends, and how many keys there are. */
  readonly stored: () => Promise<string>
  /** Sends it, holds that it was refused under that code with what to do next, and that nothing was stored. */
  readonly refused: (code: ProblemCode, send: () => Promise<Refusal>) => Promise<Refusal>
  readonly close: () => Promise<void>
}

/** The program on a database that the test reads too. Needs the service `postgres`. */
export const watchedServer = async (): Promise<WatchedServer> => {
  const [database, directory] = [await migratedDatabase(), mkdtempSync(join(tmpdir(), 'tidings-bad-input-'))]
  chmodSync(directory, 0o711)
  const server = await startServer(directory, { TIDINGS_POSTGRES_URL: database.url })
  const stored = async (): Promise<string> => {
    const { rows } = await database.pool.query<{ readonly ends: string }>(
      'SELECT (SELECT count(*) FROM log.events) || \' events in \' || (SELECT count(*) FROM log.streams) || \' streams\' AS ends')
    return rows[0]?.ends ?? 'unknown'
  }
  return {
    server, directory, stored,
    refused: async (code, send) => {
      const before = await stored()
      const refusal = await send()
      const { type, status, title, detail } = refusal.problem
      expect({ type, status, title }).toEqual({ type: `urn:tidings:problem:${code}`, status: problems[code].status, title: problems[code].title })
      expect(detail.length).toBeGreaterThan(10)
      expect(await stored()).toBe(before)
      return refusal
    },
    close: async () => {
      await server.end('SIGTERM')
      await database.drop()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

/** What an HTTP answer refused; fails when it did not. */
export const refusalOf = async (answer: Response): Promise<Refusal> => {
  const text = await answer.text()
  expect({ text, isRefusal: answer.status >= 400, type: answer.headers.get('content-type') }).toEqual({ text, isRefusal: true, type: expect.stringMatching(/^application\/problem\+json/) as unknown })
  const problem = JSON.parse(text) as Problem
  expect(problem.status).toBe(answer.status)
  return { text, problem }
}

/** A session of a person beside that of its client: the device is registered for it. */
export interface RawLine {
  /** Sends a frame with the next `request` and gives its refusal; rejects when it is acknowledged or the socket closes first. */
  readonly refusal: (frame: object) => Promise<Refusal>
  readonly say: (text: string) => void
  readonly frames: ReadonlyArray<ServerFrame>
  readonly closed: Promise<number>
  readonly end: () => void
}

export const rawLine = async (server: ServerProcess, { token, post }: Pick<Person, 'token' | 'post'>, device: string): Promise<RawLine> => {
  const registered = await post('/v1/account/commands', { type: 'RegisterDevice', deviceId: device })
  if (!registered.ok) throw new Error(await registered.text())
  const socket = new WebSocket(server.sockets)
  const frames: ServerFrame[] = []
  let [request, closedBy]: [number, number | undefined] = [0, undefined]
  const closed = new Promise<number>((tell) => { socket.on('close', (code) => { closedBy = code; tell(code) }) })
  socket.on('message', (data: Buffer) => { frames.push(JSON.parse(data.toString('utf8')) as ServerFrame) })
  await new Promise((resolve, reject) => { socket.once('open', resolve).once('error', reject) })
  const say = (text: string): void => { socket.send(text) }
  say(JSON.stringify({ type: 'hello', token, device }))
  await until(() => frames.some(({ type }) => type === 'caught_up') || closedBy !== undefined)
  const answerTo = (asked: number) => frames.find((frame) => (frame.type === 'ack' || frame.type === 'refused') && frame.request === asked)
  return {
    say, frames, closed,
    end: () => { socket.terminate() },
    refusal: async (frame) => {
      const asked = (request += 1)
      say(JSON.stringify({ ...frame, request: asked }))
      await until(() => answerTo(asked) !== undefined || closedBy !== undefined)
      const answer = answerTo(asked)
      if (answer?.type !== 'refused') throw new Error(`not refused: ${JSON.stringify(answer ?? closedBy)}`)
      return { text: JSON.stringify(answer.problem), problem: answer.problem }
    },
  }
}
