import { randomBytes } from 'node:crypto'
import { parseArgs } from 'node:util'
import { durations, percentilesOf, record } from '../platform/durations.js'
import { newId } from '../platform/identifiers.js'
import { inParallel } from '../platform/in-parallel.js'
import type { Participant } from '../server/demo/participant.js'
import { startStage, type Stage } from '../server/demo/stage.js'
import { openLoop } from './support/open-loop.js'
import { publish, type Measurement } from './support/report.js'

const { values } = parseArgs({
  options: { rate: { type: 'string', default: '1000' }, seconds: { type: 'string', default: '20' }, pairs: { type: 'string', default: '50' }, profile: { type: 'string', multiple: true, default: ['embedded', 'cluster'] } },
})
const [rate, seconds, pairs] = [Number(values.rate), Number(values.seconds), Number(values.pairs)]
const warmUpSeconds = 5
const payloadBytes = 192
const text = randomBytes(payloadBytes / 2).toString('hex')
const settleMs = 30_000
const demands = { embedded: '3 / 8 / 25', cluster: '15 / 50 / 120' } as const

interface Pair {
  readonly sender: Participant
  readonly conversation: string
}

/** Senders with one recipient each; `sentAt` maps message ids to the time they were to be sent. */
const seat = async (stage: Stage, sentAt: Map<string, number>, pushed: (milliseconds: number) => void): Promise<ReadonlyArray<Pair>> => {
  const enter = (name: string, hear: (messageId: string) => void) =>
    stage.enter(name, { handle: name, name }, (event) => { if (event.type === 'MessageSent') hear(String(event.data['messageId'])) })
  return inParallel(Array.from({ length: pairs }, (_, at) => at), 8, async (at) => {
    const sender = await enter(`sender_${at}`, () => undefined)
    const recipient = await enter(`recipient_${at}`, (messageId) => {
      const intended = sentAt.get(messageId)
      if (intended === undefined) return
      sentAt.delete(messageId)
      pushed(performance.now() - intended)
    })
    const conversation = newId()
    await sender.command(conversation, { type: 'CreateConversation', kind: 'group', encryption: 'readable', history: 'sinceJoin', members: [recipient.userId] })
    return { sender, conversation }
  })
}

const drive = async (stage: Stage): Promise<{ readonly measurements: (profile: string) => ReadonlyArray<Measurement> }> => {
  const [acknowledged, pushes, sentAt] = [durations(), durations(), new Map<string, number>()]
  let measuring = false
  let refused = 0
  const seated = await seat(stage, sentAt, (milliseconds) => { if (measuring) record(pushes, milliseconds) })
  const send = (intended: number, index: number) => {
    const pair = seated[index % seated.length]
    if (pair === undefined) return
    const messageId = newId()
    sentAt.set(messageId, intended)
    pair.sender.command(pair.conversation, { type: 'SendMessage', messageId, content: { text } }).then(
      () => { if (measuring) record(acknowledged, performance.now() - intended) },
      () => { refused += 1 },
    )
  }
  await openLoop(rate, warmUpSeconds, send)
  measuring = true
  const health = await openLoop(rate, seconds, send)
  for (const until = performance.now() + settleMs; sentAt.size > 0 && performance.now() < until;) await new Promise((resolve) => setTimeout(resolve, 20))
  const notes = `refused ${refused}, not pushed ${sentAt.size}, generator late by ${health.generatorDelayP99Ms.toFixed(1)} ms (P99)`
  return {
    measurements: (profile) => [
      { subject: `${profile}: send → acknowledgement`, unit: 'msg/s', value: health.perSecond, percentilesMs: percentilesOf(acknowledged), notes },
      { subject: `${profile}: send → push`, unit: 'msg/s', value: health.perSecond, percentilesMs: percentilesOf(pushes), notes: `demand ${demands[profile as 'embedded']} ms` },
    ],
  }
}

const measurements: Measurement[] = []
const conditions: Record<string, string | number> = {
  rate: `${rate} msg/s, open loop, from the intended time`, pairs, 'fan-out': 1, payload: `${payloadBytes} B`, seconds, 'warm-up': `${warmUpSeconds} s`,
  durability: 'acknowledged = fsynced', generator: 'on the same cores',
}
for (const profile of values.profile as ReadonlyArray<'embedded' | 'cluster'>) {
  const stage = await startStage(profile)
  try {
    conditions[profile] = stage.description
    measurements.push(...(await drive(stage)).measurements(profile))
  } finally {
    await stage.close()
  }
}
publish({ name: 'latency', claim: `Send → acknowledgement and send → push at ${rate} messages a second to one recipient each, both profiles.`, conditions, measurements })
process.exit(0)
