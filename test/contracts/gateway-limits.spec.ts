import { setImmediate as nextTurn } from 'node:timers/promises'
import { uuidv7 } from 'uuidv7'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { memoryRateLimiter } from '../../adapters/rate-limiter-flexible/memory.js'
import { uwsSocketServer } from '../../adapters/uws/socket-server.js'
import type { Caller } from '../../command-side/index.js'
import { rateLimits } from '../../events/rate-limits.js'
import { closeCodes } from '../../events/wire/close-codes.js'
import type { Gateway } from '../../gateway/index.js'
import { gatewayLimits } from '../../gateway/limits.js'
import type { RateLimiter } from '../../platform/rate-limiter.js'
import { aGroup, aMember, answer, codeOf, message } from '../support/command-side.js'
import { gatewayStack, tokenFor, type GatewayStack } from '../support/gateway-stack.js'
import { until } from '../support/until.js'
import { webSocketServer } from '../support/web-socket-client.js'
import { lineOver, type Line } from './gateway/device.js'

/** Of a device: 20 points, of which hello draws 5. */
const TENTH = 0.1
const messagesAllowed = rateLimits.deviceWork.points * TENTH - rateLimits.deviceWork.costs.hello

const lineTo = async (port: number, account: string): Promise<Line> =>
  lineOver(await webSocketServer(`ws://127.0.0.1:${port}`).connect({ authorization: `Bearer ${tokenFor(account)}` }))

/** Answers the first of every two calls after the second. */
const unsteady = ({ consume }: RateLimiter): RateLimiter => {
  let calls = 0
  return {
    consume: (keys, action) => async () => {
      const isFirst = (calls += 1) % 2 === 1
      const answered = await consume(keys, action)()
      for (let turns = isFirst ? 8 : 0; turns > 0; turns -= 1) await nextTurn()
      return answered
    },
  }
}

describe('rate limits of the gateway, over real sockets', () => {
  let stack: GatewayStack
  const gateways: Gateway[] = []
  beforeAll(async () => { stack = await gatewayStack() })
  afterAll(async () => {
    await Promise.all(gateways.map((gateway) => gateway.close()))
    await stack.close()
  })

  const limited = async (limiter: RateLimiter = memoryRateLimiter(rateLimits, TENTH)): Promise<number> => {
    const gateway = await stack.another(uwsSocketServer({ host: '127.0.0.1', port: 0, allowedOrigins: [] }), limiter)
    gateways.push(gateway)
    return gateway.port
  }
  const greeted = async (port: number, caller: Caller): Promise<Line> => {
    const line = await lineTo(port, caller.account)
    line.say({ type: 'hello', device: caller.device })
    await line.caughtUp()
    return line
  }
  const inAGroup = async (port: number) => {
    const caller = await aMember(stack.commandSide)
    const conversation = await aGroup(stack.commandSide, caller)
    return { caller, conversation, line: await greeted(port, caller) }
  }
  const send = (line: Line, conversation: string, counters: ReadonlyArray<number>): void => {
    for (const counter of counters) line.say({ type: 'command', request: counter, conversation, counter, command: message(`number ${counter}`) })
  }
  const answers = (line: Line): number => line.ofType('ack').length + line.ofType('refused').length
  const range = (from: number, count: number) => Array.from({ length: count }, (_, index) => from + index)
  const storedIn = async (caller: Caller, conversation: string) => {
    const events = await answer(stack.readSide.events(caller.account, conversation, { from: 0, limit: 200 }))
    return events.flatMap(({ type, content }) => (type === 'MessageSent' && content !== undefined && 'text' in content ? [content.text] : []))
  }

  it('what is too fast is refused with when to come back, uses no counter, stores nothing; the session goes on', async () => {
    const { caller, conversation, line } = await inAGroup(await limited())
    send(line, conversation, range(2, messagesAllowed + 10))
    await until(() => answers(line) === messagesAllowed + 10)
    expect(line.ofType('ack').map(({ request }) => request)).toEqual(range(2, messagesAllowed))
    for (const { problem } of line.ofType('refused')) {
      expect(codeOf(problem)).toBe('rate-limited')
      expect(problem.retryAfterMs).toBeGreaterThan(0)
      expect(problem.retryAfterMs).toBeLessThanOrEqual(rateLimits.deviceWork.refillSeconds * 1_000)
    }
    const last = messagesAllowed + 2
    const { sequence } = await answer(stack.commandSide.conversation(caller, conversation, last, message('the next counter')))
    await until(() => line.ofType('event').some(({ event }) => event.sequence === sequence))
    expect(await storedIn(caller, conversation)).toEqual([...range(2, messagesAllowed).map((counter) => `number ${counter}`), 'the next counter'])
    line.say({ type: 'read', request: 99, conversation, through: 0 })
    await until(() => answers(line) === messagesAllowed + 11)
  })

  it('frames of a session are handed on in their order, however its counters answer', async () => {
    const { caller, conversation, line } = await inAGroup(await limited(unsteady(memoryRateLimiter(rateLimits))))
    send(line, conversation, range(2, 60))
    await until(() => answers(line) === 60)
    expect(line.ofType('refused')).toEqual([])
    expect(line.ofType('ack').map(({ request }) => request)).toEqual(range(2, 60))
    await until(() => line.ofType('event').some(({ event }) => event.sequence === line.ofType('ack').at(-1)?.ack.sequence))
    expect(await storedIn(caller, conversation)).toEqual(range(2, 60).map((counter) => `number ${counter}`))
  })

  it('who keeps on is sent away with when to come back, not before; others at the gateway are not touched', async () => {
    const port = await limited()
    const [{ conversation, line }, other] = [await inAGroup(port), await inAGroup(port)]
    const refusals = gatewayLimits.limitedFrames
    send(line, conversation, range(2, messagesAllowed))
    for (let sent = 0; sent < refusals; sent += 100) {
      send(line, conversation, range(2 + messagesAllowed, 100))
      await until(() => line.ofType('refused').length === sent + 100)
    }
    expect(line.ofType('error')).toEqual([])
    send(line, conversation, [2 + messagesAllowed])
    expect(await line.client.closed).toBe(closeCodes.flooding.code)
    expect(line.ofType('error').map(({ problem }) => codeOf(problem))).toEqual(['rate-limited'])
    send(other.line, other.conversation, [2])
    await until(() => answers(other.line) === 1)
    expect(other.line.ofType('ack')).toHaveLength(1)
  })

  it('the account\'s devices share its bucket; what asks for no answer is left out in silence', async () => {
    const port = await limited()
    const { caller, conversation, line } = await inAGroup(port)
    const second = { account: caller.account, device: uuidv7() }
    await answer(stack.commandSide.account(caller.account, { type: 'RegisterDevice', deviceId: second.device }))
    send(line, conversation, range(2, messagesAllowed))
    await until(() => answers(line) === messagesAllowed)
    const other = await greeted(port, second)
    send(other, conversation, range(1, messagesAllowed))
    await until(() => answers(other) === messagesAllowed)
    expect(other.ofType('ack')).toHaveLength(rateLimits.accountWork.points * TENTH - messagesAllowed - 2 * rateLimits.accountWork.costs.hello)
    for (let pings = 0; pings < 100; pings += 1) line.say({ type: 'ping' })
    line.say({ type: 'command', request: 999, conversation, counter: messagesAllowed + 2, command: message('refused after the pings') })
    await until(() => line.ofType('refused').some(({ request }) => request === 999))
    expect(line.ofType('pong').length).toBeLessThan(100)
    expect(line.ofType('error')).toEqual([])
  })

  it('connections of one address, and frames before the welcome, are bounded too', async () => {
    const port = await limited()
    const { account } = await aMember(stack.commandSide)
    const chatter = await lineTo(port, account)
    for (let pings = 0; pings <= gatewayLimits.framesBeforeWelcome; pings += 1) chatter.say({ type: 'ping' })
    expect(await chatter.client.closed).toBe(closeCodes.flooding.code)
    const allowed = (rateLimits.addressWork.points * TENTH) / rateLimits.addressWork.costs.connection
    const lines = await Promise.all(range(1, allowed + 5).map(() => lineTo(port, account)))
    const turnedAway = () => lines.filter((line) => line.ofType('error').length > 0)
    await until(() => turnedAway().length === 6)
    for (const line of turnedAway()) expect(await line.client.closed).toBe(closeCodes.flooding.code)
  })

  it('a defect of the limits keeps nobody out', async () => {
    const defect = new Error('the limits are broken')
    const seen = stack.defects.length
    const { conversation, line } = await inAGroup(await limited({ consume: () => () => Promise.reject(defect) }))
    send(line, conversation, [2])
    await until(() => answers(line) === 1)
    expect(line.ofType('ack')).toHaveLength(1)
    expect(stack.defects.slice(seen)).toEqual(Array.from({ length: 3 }, () => ({ error: defect })))
  })
})
