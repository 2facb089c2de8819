import { WebSocketServer, type WebSocket } from 'ws'
import { uuidv7 } from 'uuidv7'
import type { DeliveredEvent } from '../../../events/wire/answers.js'
import type { ClientFrame, ServerFrame } from '../../../events/wire/frames.js'
import { scriptedCommands, type CommandFrame, type Verdict } from './counters.js'
import { scriptedLog, type NewDelivery, type ScriptedLog } from './log.js'

export type { CommandFrame, Verdict } from './counters.js'

/** `cut`: the frame is neither handled nor sent and the socket is cut; `pass-cut`: cut after it; `swallow`: only the frame is lost. */
export type Fate = 'pass' | 'cut' | 'pass-cut' | 'swallow'

/** What a test changes while the gateway runs. */
export interface Script {
  decide: (frame: CommandFrame) => Verdict
  /** Asked for every frame that a client sent, in the order of arrival. */
  inbound: (frame: ClientFrame) => Fate
  /** Asked for every frame that is sent. */
  outbound: (frame: ServerFrame) => Fate
  /** Answers `hello` in place of the gateway. */
  greet: ((hello: Extract<ClientFrame, { type: 'hello' }>, send: (frame: ServerFrame) => void, close: (code: number) => void) => boolean) | undefined
  /** Which events the member may see. */
  sees: (event: DeliveredEvent) => boolean
  heartbeatMs: number
  deadAfterMs: number
}

/** A gateway on a real socket that follows the documented frames, holds its log in memory and does as its script says. */
export interface ScriptedGateway {
  readonly url: string
  readonly account: string
  readonly log: ScriptedLog
  readonly script: Script
  readonly hellos: ReadonlyArray<Extract<ClientFrame, { type: 'hello' }>>
  readonly received: ReadonlyArray<ClientFrame>
  readonly publish: (conversation: string, event: NewDelivery) => void
  /** To every open socket. */
  readonly say: (frame: ServerFrame) => void
  readonly closeAll: (code: number) => void
  readonly stop: () => Promise<void>
}

const tokenOf = (position: number): string => `after-${position}`
const positionOf = (token: string): number => Number(token.slice('after-'.length))

export const scriptedGateway = async (): Promise<ScriptedGateway> => {
  const account = uuidv7()
  const log = scriptedLog()
  const script: Script = {
    decide: () => 'accept',
    inbound: () => 'pass',
    outbound: () => 'pass',
    greet: undefined,
    sees: () => true,
    heartbeatMs: 30_000,
    deadAfterMs: 75_000,
  }
  const hellos: Array<Extract<ClientFrame, { type: 'hello' }>> = []
  const received: Array<ClientFrame> = []
  const live = new Set<(frame: ServerFrame) => void>()
  const handle = scriptedCommands(log, (frame) => script.decide(frame))
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })

  const share = (from: number) => {
    for (const event of log.events.slice(from).filter((each) => script.sees(each))) {
      live.forEach((send) => { send({ type: 'event', event }) })
    }
    live.forEach((send) => { send({ type: 'sync', sync: tokenOf(log.events.length) }) })
  }

  const accept = (socket: WebSocket) => {
    let device = ''
    const send = (frame: ServerFrame) => {
      const fate = socket.readyState === socket.OPEN ? script.outbound(frame) : 'swallow'
      if (fate === 'pass' || fate === 'pass-cut') socket.send(JSON.stringify(frame), () => { if (fate === 'pass-cut') socket.terminate() })
      if (fate === 'cut') socket.terminate()
    }
    const welcome = (hello: Extract<ClientFrame, { type: 'hello' }>) => {
      device = hello.device
      hellos.push(hello)
      if (script.greet?.(hello, send, (code) => { socket.close(code) }) === true) return
      send({ type: 'welcome', session: uuidv7(), heartbeatMs: script.heartbeatMs, deadAfterMs: script.deadAfterMs })
      const from = hello.sync === undefined ? log.events.length : positionOf(hello.sync)
      for (const event of log.events.slice(from).filter((each) => script.sees(each))) send({ type: 'event', event })
      send({ type: 'caught_up', sync: tokenOf(log.events.length) })
      live.add(send)
    }
    const take = (frame: ClientFrame) => {
      received.push(frame)
      if (frame.type === 'hello') welcome(frame)
      if (frame.type === 'ping') send({ type: 'pong' })
      if (frame.type === 'read') send({ type: 'ack', request: frame.request, ack: { sequence: frame.through, recordedAt: 0, mentions: [] } })
      if (frame.type === 'mute') send({ type: 'ack', request: frame.request, ack: { sequence: 0, recordedAt: 0, mentions: [] } })
      if (frame.type !== 'command') return
      const before = log.events.length
      const answer = handle(account, device, frame)
      if (log.events.length > before) share(before)
      send('ack' in answer ? { type: 'ack', request: frame.request, ack: answer.ack } : { type: 'refused', request: frame.request, problem: answer.problem })
    }
    socket.on('error', () => undefined)
    socket.on('close', () => live.delete(send))
    socket.on('message', (data: Buffer) => {
      if (socket.readyState !== socket.OPEN) return
      const frame = JSON.parse(data.toString('utf8')) as ClientFrame
      const fate = script.inbound(frame)
      if (fate === 'pass' || fate === 'pass-cut') take(frame)
      if (fate === 'cut' || fate === 'pass-cut') socket.terminate()
    })
  }
  server.on('connection', accept)
  await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()

  return {
    url: `ws://127.0.0.1:${address !== null && typeof address === 'object' ? address.port : 0}`,
    account,
    log,
    script,
    hellos,
    received,
    publish: (conversation, event) => {
      log.append(conversation, event)
      share(log.events.length - 1)
    },
    say: (frame) => { live.forEach((send) => { send(frame) }) },
    closeAll: (code) => { server.clients.forEach((socket) => { socket.close(code) }) },
    stop: () =>
      new Promise((resolve) => {
        server.clients.forEach((socket) => { socket.terminate() })
        server.close(() => { resolve() })
      }),
  }
}
