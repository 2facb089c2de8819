import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Acknowledgement } from '../events/wire/answers.js'
import type { ClientFrame } from '../events/wire/frames.js'
import { problem } from '../events/wire/problems.js'
import { lane } from './lane.js'
import { clientLimits } from './limits.js'
import { pipeline } from './pipeline.js'

type Command = Extract<ClientFrame, { type: 'command' }>
/** What becomes of a command that arrives in turn, and of the socket. */
type Step = 'accept' | 'refuse' | 'unchanged' | 'unavailable' | 'unavailable after storing' | 'cut before' | 'cut after'

const steps: ReadonlyArray<Step> = ['accept', 'refuse', 'unchanged', 'unavailable', 'unavailable after storing', 'cut before', 'cut after']

/** A gateway with one device and conversation that does as the steps say, one for each command in turn, then accepts all. */
const modelled = (script: ReadonlyArray<Step>, used: number) => {
  const requests = pipeline(16)
  const stored: Array<string> = Array.from({ length: used }, (_, index) => `old ${index}`)
  const arrived: Array<Command> = []
  let step = 0

  const ackOf = (sequence: number): Acknowledgement => ({ sequence, recordedAt: 0, mentions: [] })
  const cut = () => {
    arrived.length = 0
    requests.detach()
    requests.attach(send)
  }
  const send = (frame: string) => { arrived.push(JSON.parse(frame) as Command) }
  const refuse = ({ request }: Command, code: Parameters<typeof problem>[0], expectedCounter?: number) => {
    requests.answer({ type: 'refused', request, problem: problem(code, expectedCounter === undefined ? { retryAfterMs: 0 } : { expectedCounter }) })
  }
  const decide = (command: Command, name: string) => {
    const fate = script[step] ?? 'accept'
    step += 1
    if (fate === 'accept' || fate === 'unavailable after storing' || fate === 'cut after') stored.push(name)
    if (fate === 'accept') requests.answer({ type: 'ack', request: command.request, ack: ackOf(stored.length - 1) })
    if (fate === 'unchanged') requests.answer({ type: 'ack', request: command.request, ack: { ...ackOf(0), unchanged: true } })
    if (fate === 'refuse') refuse(command, 'forbidden')
    if (fate.startsWith('unavailable')) refuse(command, 'unavailable')
    if (fate.startsWith('cut')) cut()
  }
  return {
    requests,
    stored,
    attach: () => { requests.attach(send) },
    /** Handles the next frame that arrived; false when there is none. */
    handle: (): boolean => {
      const command = arrived.shift()
      if (command === undefined) return false
      const name = (command.command as unknown as { name: string }).name
      const before = stored[command.counter - 1]
      if (before === name) requests.answer({ type: 'ack', request: command.request, ack: ackOf(command.counter - 1) })
      else if (before !== undefined) refuse(command, 'counter-reused', stored.length + 1)
      else if (command.counter > stored.length + 1) refuse(command, 'counter-skipped', stored.length + 1)
      else decide(command, name)
      return true
    },
  }
}

const nextTimer = () => new Promise((resolve) => setTimeout(resolve, 0))

describe('a conversation’s commands', () => {
  it('Q3: whatever is refused, unchanged, unavailable or cut, and whenever: each is stored once at most, all in order, and settles in order', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...steps), { maxLength: 30 }),
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 0, max: 3 }),
        fc.constantFrom('unknown', 'known', 'stale'),
        fc.integer({ min: 1, max: 5 }),
        async (script, count, used, knowledge, window) => {
          const gateway = modelled(script, used)
          const settled: Array<string> = []
          const limits = { ...clientLimits, backoffBaseMs: 0, inFlightPerConversation: window }
          const next = { unknown: undefined, known: used + 1, stale: 1 }[knowledge]
          const sending = lane({ conversation: 'c', next, pipeline: gateway.requests, limits, random: () => 0, onSettled: () => undefined })
          const acknowledged: Array<string> = []
          for (let index = 0; index < count; index += 1) {
            const name = `new ${index}`
            sending.add({
              body: JSON.stringify({ name }),
              resolve: (ack) => {
                settled.push(name)
                if (ack.unchanged === true) return
                acknowledged.push(name)
                expect(gateway.stored[ack.sequence]).toBe(name)
              },
              reject: () => { settled.push(name) },
            })
          }
          gateway.attach()
          while (settled.length < count) if (!gateway.handle()) await nextTimer()
          expect(settled).toEqual(Array.from({ length: count }, (_, index) => `new ${index}`))
          expect(gateway.stored.slice(used)).toEqual(acknowledged)
        },
      ),
      { numRuns: 300 },
    ))
})
