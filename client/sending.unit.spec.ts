import { uuidv7 } from 'uuidv7'
import { describe, expect, it } from 'vitest'
import type { ConversationCommand } from '../events/wire/commands.js'
import { problem, type ProblemCode } from '../events/wire/problems.js'
import { gatewayHarness, message, numerals, texts } from '../test/support/scripted-gateway/harness.js'
import type { CommandFrame, Fate, Verdict } from '../test/support/scripted-gateway/index.js'
import { until } from '../test/support/until.js'
import { CommandRefused, OutboxFull, type TidingsClient } from './index.js'

const { gateway, heard, begin, live } = gatewayHarness()
const conversation = uuidv7()
const textOf = ({ command }: CommandFrame): string => ('content' in command && 'text' in command.content ? command.content.text : '')
const sendAll = (client: TidingsClient, all: ReadonlyArray<string>) =>
  Promise.allSettled(all.map((text) => client.command(conversation, message(text))))
const outcomes = async (settled: ReturnType<typeof sendAll>) => (await settled).map((each) => (each.status === 'fulfilled' ? 'acknowledged' : (each.reason as Error).name))
const stored = () => texts(gateway().log.events, conversation)

/** `when` is true of a frame once. */
const once = <F>(when: (frame: F) => boolean, fate: Fate) => {
  let done = false
  return (frame: F): Fate => {
    if (done || !when(frame)) return 'pass'
    done = true
    return fate
  }
}

describe('sending', () => {
  it('O4: a hundred sends without waiting keep their order, several under way', async () => {
    const client = await live()
    const acks = await Promise.all(numerals(100).map((text) => client.command(conversation, message(text))))
    expect(acks.map(({ sequence }) => sequence)).toEqual(numerals(100).map(Number))
    expect(stored()).toEqual(numerals(100))
  })

  it('what is sent before the session is live waits for it', async () => {
    expect(await outcomes(sendAll(begin(), numerals(3)))).toEqual(numerals(3).map(() => 'acknowledged'))
  })

  for (const fate of ['cut', 'pass-cut'] as const) {
    for (const at of [0, 1, 4, 9]) {
      it(`Q3: ${fate} at command ${at} of ten: one event each, in order`, async () => {
        const client = await live()
        gateway().script.inbound = once((frame) => frame.type === 'command' && textOf(frame) === String(at), fate)
        expect(await outcomes(sendAll(client, numerals(10)))).toEqual(numerals(10).map(() => 'acknowledged'))
        expect(stored()).toEqual(numerals(10))
      })

      it(`Q3: ${fate} at acknowledgement ${at} of ten: one event each, in order`, async () => {
        const client = await live()
        gateway().script.outbound = once((frame) => frame.type === 'ack' && frame.ack.sequence === at, fate)
        expect(await outcomes(sendAll(client, numerals(10)))).toEqual(numerals(10).map(() => 'acknowledged'))
        expect(stored()).toEqual(numerals(10))
      })
    }
  }

  it('Q3: cut at every seventh frame, in both directions: one event each, in order', async () => {
    const client = await live()
    let frames = 0
    const everySeventh = (): Fate => ((frames += 1) % 7 === 0 ? 'cut' : 'pass')
    gateway().script.inbound = everySeventh
    gateway().script.outbound = everySeventh
    expect(await outcomes(sendAll(client, numerals(60)))).toEqual(numerals(60).map(() => 'acknowledged'))
    expect(stored()).toEqual(numerals(60))
  })

  it('after a cut nothing is sent before what was under way, with the numbers it had', async () => {
    const client = await live()
    gateway().script.inbound = once((frame) => frame.type === 'command' && textOf(frame) === '2', 'cut')
    const settled = sendAll(client, numerals(5))
    await until(() => gateway().hellos.length === 2)
    await Promise.all([settled, client.command(conversation, message('later'))])
    const second = gateway().received.slice(gateway().received.findLastIndex(({ type }) => type === 'hello'))
    const sent = second.flatMap((frame) => (frame.type === 'command' ? [[frame.counter, textOf(frame)]] : []))
    const all = [...numerals(5).map((text) => [Number(text) + 1, text]), [6, 'later']]
    expect(sent.length).toBeGreaterThanOrEqual(4)
    expect(sent).toEqual(all.slice(-sent.length))
  })
})

describe('refusals in a pipeline', () => {
  const verdictsOf = (...refused: ReadonlyArray<readonly [string, Verdict]>) => {
    const verdicts = new Map(refused)
    gateway().script.decide = (frame) => verdicts.get(textOf(frame)) ?? 'accept'
  }

  it('ADR 4: refused commands use no number: the others follow in order, none doubled, none lost', async () => {
    const client = await live()
    verdictsOf(['0', problem('forbidden')], ['3', problem('conflict')], ['4', problem('forbidden')], ['9', problem('not-found')])
    const expected = numerals(10).map((text) => (['0', '3', '4', '9'].includes(text) ? 'CommandRefused' : 'acknowledged'))
    expect(await outcomes(sendAll(client, numerals(10)))).toEqual(expected)
    expect(stored()).toEqual(['1', '2', '5', '6', '7', '8'])
  })

  it('ADR 4: commands already in effect use no number', async () => {
    const client = await live()
    verdictsOf(['1', 'unchanged'], ['2', 'unchanged'], ['5', 'unchanged'])
    expect(await outcomes(sendAll(client, numerals(8)))).toEqual(numerals(8).map(() => 'acknowledged'))
    expect(stored()).toEqual(['0', '3', '4', '6', '7'])
  })

  it('ADR 4: the number of a refused command is given to the next without asking', async () => {
    const client = await live({ counters: { [conversation]: 1 } })
    verdictsOf(['a', problem('forbidden')], ['b', 'unchanged'])
    for (const text of ['a', 'b', 'c', 'd']) await sendAll(client, [text])
    expect(gateway().received.flatMap((frame) => (frame.type === 'command' ? [frame.counter] : []))).toEqual([1, 1, 1, 2])
  })

  it('a refusal carries the problem', async () => {
    const client = await live()
    verdictsOf(['0', problem('forbidden')])
    const refusal: unknown = await client.command(conversation, message('0')).catch((error: unknown) => error)
    expect(refusal).toBeInstanceOf(CommandRefused)
    expect((refusal as CommandRefused).problem.type).toBe('urn:tidings:problem:forbidden')
  })

  for (const code of ['busy', 'unavailable', 'rate-limited'] as const satisfies ReadonlyArray<ProblemCode>) {
    it(`${code}: sent again after retryAfterMs, order kept`, async () => {
      const client = await live()
      let times = 0
      gateway().script.decide = (frame) => (textOf(frame) === '2' && (times += 1) <= 3 ? problem(code, { retryAfterMs: 5 }) : 'accept')
      expect(await outcomes(sendAll(client, numerals(6)))).toEqual(numerals(6).map(() => 'acknowledged'))
      expect(stored()).toEqual(numerals(6))
      expect(times).toBe(4)
    })
  }

  it('cuts and refusals together: one event each, in order', async () => {
    const client = await live()
    let decisions = 0
    gateway().script.decide = (frame) => {
      decisions += 1
      if (Number(textOf(frame)) % 10 === 3) return problem('forbidden')
      if (Number(textOf(frame)) % 10 === 6) return 'unchanged'
      return decisions % 8 === 0 ? problem('busy', { retryAfterMs: 1 }) : 'accept'
    }
    let frames = 0
    gateway().script.outbound = () => ((frames += 1) % 23 === 0 ? 'cut' : 'pass')
    await sendAll(client, numerals(80))
    expect(stored()).toEqual(numerals(80).filter((text) => !['3', '6'].includes(text.slice(-1))))
  })
})

describe('a new client on an old device', () => {
  const device = uuidv7()
  const pin: ConversationCommand = { type: 'PinMessage', target: 0 }

  it('learns its numbers before its first command', async () => {
    await sendAll(await live({ device }), ['a', 'b', 'c'])
    await sendAll(await live({ device }), ['d', 'e'])
    expect(stored()).toEqual(['a', 'b', 'c', 'd', 'e'])
  })

  it('a command equal to an old one is not answered with the old acknowledgement', async () => {
    const first = await live({ device })
    await first.command(conversation, pin)
    const again = await (await live({ device })).command(conversation, pin)
    expect(again.sequence).toBe(1)
  })

  it('goes on from the numbers that it was given', async () => {
    await sendAll(await live({ device }), ['a', 'b'])
    await sendAll(await live({ device, counters: { [conversation]: 3 } }), ['c', 'd'])
    const commands = gateway().received.flatMap((frame) => (frame.type === 'command' ? [frame.counter] : []))
    expect(commands.slice(-4)).toEqual([1, 2, 3, 4])
  })

  it('a gateway that never takes the number it asked for is not asked for ever', async () => {
    gateway().script.decide = () => problem('counter-skipped', { expectedCounter: 1 })
    const client = await live()
    await expect(client.command(conversation, message('x'))).rejects.toBeInstanceOf(CommandRefused)
  })
})

describe('limits', () => {
  it('more than may be queued is refused at once, and the rest is sent', async () => {
    const client = begin({ limits: { commandsQueued: 3 } })
    const settled = sendAll(client, numerals(5))
    expect(await outcomes(settled)).toEqual(['acknowledged', 'acknowledged', 'acknowledged', OutboxFull.name, OutboxFull.name])
    expect(await outcomes(sendAll(client, ['later']))).toEqual(['acknowledged'])
  })

  it('a command over the frame limit is refused without being sent', async () => {
    const client = await live()
    expect(await outcomes(sendAll(client, ['x'.repeat(66_000), 'y']))).toEqual(['CommandRefused', 'acknowledged'])
    expect(stored()).toEqual(['y'])
  })

  it('never more under way than the limits say, conversations taking turns', async () => {
    const client = await live({ limits: { inFlight: 4, inFlightPerConversation: 3 } })
    const lanes = [uuidv7(), uuidv7(), uuidv7()]
    await Promise.all(lanes.flatMap((lane) => numerals(20).map((text) => client.command(lane, message(text)))))
    lanes.forEach((lane) => { expect(texts(gateway().log.events, lane)).toEqual(numerals(20)) })
  })

  it('what one device sent, it hears once like everybody else', async () => {
    const client = await live()
    await sendAll(client, numerals(5))
    await until(() => heard().length === 5)
    expect(texts(heard(), conversation)).toEqual(numerals(5))
  })
})

describe('read markers', () => {
  const markers = () => gateway().received.flatMap((frame) => (frame.type === 'read' ? [frame.through] : []))

  it('the furthest is sent, and all that it covers are answered', async () => {
    const client = await live()
    await Promise.all([3, 1, 7, 5].map((through) => client.markRead(conversation, through)))
    expect(markers()).toEqual([3, 7])
  })

  it('is sent again after a cut', async () => {
    const client = await live()
    gateway().script.inbound = once((frame) => frame.type === 'read', 'pass-cut')
    await client.markRead(conversation, 4)
    expect(markers().at(-1)).toBe(4)
  })
})
