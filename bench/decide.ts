import { randomBytes } from 'node:crypto'
import * as E from 'fp-ts/lib/Either.js'
import { memoryEventStore } from '../adapters/memory/event-store.js'
import { memoryHandleRegistry } from '../adapters/memory/handle-registry.js'
import { memoryKeyStore } from '../adapters/memory/key-store.js'
import { memoryReadModels } from '../adapters/memory/read-models.js'
import { memoryAudience } from '../adapters/memory/read-models/audience.js'
import { memoryCommandReceipts } from '../adapters/memory/read-models/command-receipts.js'
import { memoryMessageFacts } from '../adapters/memory/read-models/message-facts.js'
import { memorySnapshotStore } from '../adapters/memory/snapshot-store.js'
import { createCommandSide, type Caller } from '../command-side/index.js'
import { systemClock } from '../platform/clock.js'
import { durations, percentilesOf, record } from '../platform/durations.js'
import { newId } from '../platform/identifiers.js'
import { publish } from './support/report.js'

const members = 199
const messages = Number(process.env['MESSAGES'] ?? 50_000)
const warmUp = 5_000
const text = randomBytes(96).toString('hex')

const models = memoryReadModels()
const commandSide = createCommandSide({
  eventStore: memoryEventStore(), keyStore: memoryKeyStore(), snapshots: memorySnapshotStore(), handles: memoryHandleRegistry(),
  messageFacts: memoryMessageFacts(models.timeline), commandReceipts: memoryCommandReceipts(models.commandReceipts),
  audience: memoryAudience(models.audience),
  handleDigest: (handle) => handle, clock: systemClock, newId,
})

const done = async <A>(task: () => Promise<E.Either<unknown, A>>): Promise<A> => {
  const answer = await task()
  if (E.isLeft(answer)) throw new Error(JSON.stringify(answer.left))
  return answer.right
}
const register = async (at: number): Promise<Caller> => {
  const caller = { account: newId(), device: newId() }
  await done(commandSide.account(caller.account, { type: 'RegisterAccount', profile: { handle: `bench_${at}`, name: 'Bench' } }))
  await done(commandSide.account(caller.account, { type: 'RegisterDevice', deviceId: caller.device }))
  return caller
}
const callers: Caller[] = []
for (let at = 0; at <= members; at += 1) callers.push(await register(at))
const [sender, ...others] = callers
if (sender === undefined) throw new Error('nobody to send')
const conversation = newId()
await done(commandSide.conversation(sender, conversation, 1, {
  type: 'CreateConversation', kind: 'group', encryption: 'readable', members: others.map(({ account }) => account),
}))
const histogram = durations()
const began = { at: 0 }
for (let counter = 2; counter < messages + warmUp + 2; counter += 1) {
  const start = performance.now()
  await done(commandSide.conversation(sender, conversation, counter, { type: 'SendMessage', messageId: newId(), content: { text } }))
  if (counter === warmUp + 2) began.at = start
  if (counter >= warmUp + 2) record(histogram, performance.now() - start)
}
const percentiles = percentilesOf(histogram)
publish({
  name: 'decide',
  claim: 'O3: deciding, sealing and sequencing one message, everything in memory (no I/O), one at a time. Demand: P99 < 1 ms.',
  conditions: { members: members + 1, payload: `${text.length} B`, N: messages, 'in flight': 1 },
  measurements: [{
    subject: 'a message through the command side', unit: 'messages/s', value: (messages * 1_000) / (performance.now() - began.at),
    percentilesMs: percentiles, ratios: { 'the demanded 1 ms (P99)': percentiles.p99 },
  }],
})
await commandSide.close()
