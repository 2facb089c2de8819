import { randomBytes } from 'node:crypto'
import { durations, percentilesOf, record, type Percentiles } from '../../platform/durations.js'
import { newId } from '../../platform/identifiers.js'
import { inParallel } from '../../platform/in-parallel.js'
import type { Participant } from '../../server/demo/participant.js'
import type { Stage } from '../../server/demo/stage.js'
import { openLoop } from './open-loop.js'
import { perOperation, processorTime } from './processor-time.js'

export interface LoadOptions {
  readonly conversations: number
  /** Members of each conversation, its one sender included. */
  readonly members: number
  readonly payloadBytes: number
}

export interface LoadResult {
  /** Messages a second that were really sent. */
  readonly perSecond: number
  /** From the intended time of sending. */
  readonly acknowledged: Percentiles
  /** From the intended time of sending to each recipient. */
  readonly pushed: Percentiles
  readonly allPushed: boolean
  readonly notes: string
}

/** People in conversations, each with a socket of their own, that send in an open loop. */
export interface MessageLoad {
  /** Sends at the rate, then waits until all is pushed, 30 s at most. */
  readonly run: (perSecond: number, seconds: number) => Promise<LoadResult>
}

interface Seat {
  readonly sender: Participant
  readonly conversation: string
}

interface Sent {
  readonly intended: number
  /** Recipients that have not been pushed it yet. */
  left: number
}

const entriesAtOnce = 8
const settleMs = 30_000
const lookEveryMs = 20

/** Takes the seats of one conversation; `hear` is told of every message that a recipient is pushed. */
const seat = async (stage: Stage, at: number, members: number, hear: (messageId: string) => void): Promise<Seat> => {
  const enter = (name: string, heard: (messageId: string) => void) =>
    stage.enter(name, { handle: name, name }, (event) => { if (event.type === 'MessageSent') heard(String(event.data['messageId'])) })
  const sender = await enter(`sender_${at}`, () => undefined)
  const recipients: string[] = []
  while (recipients.length < members - 1) recipients.push((await enter(`recipient_${at}_${recipients.length}`, hear)).userId)
  const conversation = newId()
  await sender.command(conversation, { type: 'CreateConversation', kind: 'group', encryption: 'readable', history: 'sinceJoin', members: recipients })
  return { sender, conversation }
}

const allSettled = async (waiting: ReadonlyMap<string, Sent>): Promise<boolean> => {
  for (const until = performance.now() + settleMs; waiting.size > 0 && performance.now() < until;) await new Promise((resolve) => setTimeout(resolve, lookEveryMs))
  return waiting.size === 0
}

export const messageLoad = async (stage: Stage, { conversations, members, payloadBytes }: LoadOptions): Promise<MessageLoad> => {
  const text = randomBytes(payloadBytes / 2).toString('hex')
  const waiting = new Map<string, Sent>()
  let pushed = durations()
  const hear = (messageId: string): void => {
    const sent = waiting.get(messageId)
    if (sent === undefined) return
    record(pushed, performance.now() - sent.intended)
    sent.left -= 1
    if (sent.left === 0) waiting.delete(messageId)
  }
  const seats = await inParallel(Array.from({ length: conversations }, (_, at) => at), entriesAtOnce, (at) => seat(stage, at, members, hear))
  return {
    run: async (perSecond, seconds) => {
      pushed = durations()
      waiting.clear()
      let refused = 0
      const [acknowledged, before] = [durations(), processorTime()]
      const send = (intended: number, index: number): void => {
        const from = seats[index % seats.length]
        if (from === undefined) return
        const messageId = newId()
        waiting.set(messageId, { intended, left: members - 1 })
        from.sender.command(from.conversation, { type: 'SendMessage', messageId, content: { text } })
          .then(() => { record(acknowledged, performance.now() - intended) }, () => { refused += 1 })
      }
      const health = await openLoop(perSecond, seconds, send)
      const busy = perOperation(before, processorTime(), perSecond * seconds)
      const allPushed = await allSettled(waiting)
      return {
        perSecond: health.perSecond, acknowledged: percentilesOf(acknowledged), pushed: percentilesOf(pushed), allPushed,
        notes: `refused ${refused}, not pushed ${waiting.size}, generator late by ${health.generatorDelayP99Ms.toFixed(1)} ms (P99); processor time a message, ms: ${busy}`,
      }
    },
  }
}

/**
 * The highest of the rates, tried in their order from low to high, at which P95 of the pushes stays within the bound; ends at
 * the first that does not.
 */
export const highestRate = async (load: MessageLoad, rates: ReadonlyArray<number>, seconds: number, p95Ms: number): Promise<LoadResult | undefined> => {
  let highest: LoadResult | undefined
  for (const rate of rates) {
    const result = await load.run(rate, seconds)
    if (!result.allPushed || result.pushed.p95 > p95Ms) return highest
    highest = result
  }
  return highest
}
