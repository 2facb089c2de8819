import * as fc from 'fast-check'
import { uuidv7 } from 'uuidv7'
import { describe, expect, it } from 'vitest'
import type { Caller, CommandSide } from '../../command-side/index.js'
import type { EventStore } from '../../events/event-store.js'
import type { ConversationCommand } from '../../events/wire/commands.js'
import { conversationStream } from '../../events/streams.js'
import { aGroup, aMember, answer, codeOf, commandSides, message, refusal, stored } from '../support/command-side.js'
import { projectedFacts } from '../support/projected-facts.js'

/** What one of two members does to one of two messages; the projections then lag by so many events. */
const acts = fc.record({
  who: fc.nat(1), target: fc.nat(1), lag: fc.nat(12), reaction: fc.constantFrom('👍', '👍', '👍', '🎉'),
  type: fc.constantFrom('React', 'Unreact', 'React', 'Unreact', 'React', 'Unreact', 'EditMessage', 'DeleteMessage', 'PinMessage', 'UnpinMessage'),
})
type Act = typeof acts extends fc.Arbitrary<infer A> ? A : never

const commandOf = ({ type, target: nth, reaction }: Act): ConversationCommand => {
  const target = 3 + nth
  if (type === 'React' || type === 'Unreact') return { type, target, reaction: { text: reaction } }
  if (type === 'EditMessage') return { type, target, content: { text: `edited ${reaction}` } }
  return { type, target } as ConversationCommand
}

/** What came of it: refused how, or stored or not. */
const outcome = async (side: CommandSide, caller: Caller, group: string, counter: number, command: ConversationCommand): Promise<string> => {
  const done = await side.conversation(caller, group, counter, command)()
  if (done._tag === 'Left') return codeOf(done.left)
  return done.right.unchanged === true ? 'unchanged' : 'stored'
}

const play = async (script: ReadonlyArray<Act>, lagging: boolean): Promise<ReadonlyArray<string>> => {
  const world = commandSides()
  const projections = projectedFacts(world.log)
  const side = world.start(lagging ? projections : {})
  const callers = [await aMember(side), await aMember(side)] as const
  const group = await aGroup(side, ...callers)
  for (let nth = 0; nth < 2; nth += 1) await answer(side.conversation(callers[0], group, 2 + nth, message(`${nth}`)))
  const counters = [4, 1]
  const outcomes: string[] = []
  for (const act of script) {
    if (lagging) projections.comeUp(act.lag)
    const counter = counters[act.who] ?? 1
    const came = await outcome(side, callers[act.who] ?? callers[0], group, counter, commandOf(act))
    if (came === 'stored') counters[act.who] = counter + 1
    outcomes.push(came)
  }
  expect(world.defects).toEqual([])
  return outcomes
}

describe('facts from projection and tail (ADR 9)', () => {
  it('however far the projections lag, the same commands have the same outcomes', async () => {
    await fc.assert(fc.asyncProperty(fc.array(acts, { minLength: 10, maxLength: 30 }), async (script) => {
      expect(await play(script, true)).toEqual(await play(script, false))
    }), { numRuns: 25 })
  })

  it('L5: long after, by a process that knows nothing, with projections at every lag: the original answers', async () => {
    const world = commandSides()
    const side = world.start()
    const ada = await aMember(side)
    const group = await aGroup(side, ada)
    const messages = Array.from({ length: 12 }, (_, index) => message(`${index}`))
    const answers = []
    for (const [index, one] of messages.entries()) answers.push(await answer(side.conversation(ada, group, 2 + index, one)))
    for (const lag of [14, 12, 6, 1, 0]) {
      const projections = projectedFacts(world.log)
      projections.comeUp(lag)
      const late = world.start(projections)
      for (const [index, one] of messages.entries()) expect(await answer(late.conversation(ada, group, 2 + index, one))).toEqual(answers[index])
      expect(codeOf(await refusal(late.conversation(ada, group, 14, message('again', { messageId: messages[3]?.messageId ?? '' }))))).toBe('message-id-reused')
    }
    expect(stored(world.log)).toBe(2 + 2 + 12)
  })

  it('a used number whose receipt names another account’s device is still found', async () => {
    const world = commandSides()
    const side = world.start()
    const [ada, ben] = [await aMember(side), await aMember(side)]
    await answer(side.account(ben.account, { type: 'RegisterDevice', deviceId: ada.device }))
    const group = await aGroup(side, ada, ben)
    const originals = []
    const messages = Array.from({ length: 12 }, (_, index) => message(`${index}`))
    for (const [index, one] of messages.entries()) {
      originals.push(await answer(side.conversation(ada, group, 2 + index, one)))
      await answer(side.conversation({ ...ben, device: ada.device }, group, 1 + index, message('under the same device id')))
    }
    const projections = projectedFacts(world.log)
    projections.comeUp(0)
    const late = world.start(projections)
    for (const [index, one] of messages.entries()) expect(await answer(late.conversation(ada, group, 2 + index, one))).toEqual(originals[index])
  })

  it('a deletion that the projection knows before this process does is answered as what it was', async () => {
    const world = commandSides()
    const projections = projectedFacts(world.log)
    const rival = world.start()
    const ada = await aMember(rival)
    const group = await aGroup(rival, ada)
    const { sequence } = await answer(rival.conversation(ada, group, 2, message('x')))
    const remove = { type: 'DeleteMessage', target: sequence } as const
    const originals: unknown[] = []
    // Between this process's reading of the stream and its question to the projection.
    const bySequence: typeof projections.messageFacts.bySequence = (...asked) => async () => {
      if (originals.length === 0) originals.push(await answer(rival.conversation(ada, group, 3, remove)))
      projections.comeUp(0)
      return projections.messageFacts.bySequence(...asked)()
    }
    const here = world.start({ messageFacts: { ...projections.messageFacts, bySequence } })
    expect(await answer(here.conversation(ada, group, 3, remove))).toEqual(originals[0])
  })
})

describe('races for a message id', () => {
  it('whose key was made by one process and whose message was stored by another: one message', async () => {
    const world = commandSides()
    const [rival, { eventStore }] = [world.start(), world.parts()]
    const [ada, ben] = [await aMember(rival), await aMember(rival)]
    const group = await aGroup(rival, ada, ben)
    const same = message('who is first?')
    let overtaken = false
    const slow: EventStore = { ...eventStore, append: (...args) => async () => {
      if (!overtaken) {
        overtaken = true
        await answer(rival.conversation(ben, group, 1, same))
      }
      return eventStore.append(...args)()
    } }
    expect(codeOf(await refusal(world.start({ eventStore: slow }).conversation(ada, group, 2, same)))).toBe('message-id-reused')
    expect(world.log.streams.get(conversationStream(group))).toHaveLength(4)
  })

  it('the snapshot of another stream under this one’s name is not believed', async () => {
    const world = commandSides()
    const side = world.start()
    const [ada, ben] = [await aMember(side), await aMember(side)]
    // One event more at the creation: at the same revision the device has used one number less.
    const groups = [await aGroup(side, ada), await aGroup(side, ada, ben)]
    for (const [nth, group] of groups.entries()) for (let index = 0; index < 198 + nth; index += 1) await answer(side.conversation(ada, group, 2 + index, message('x')))
    await side.close()
    const [one, other] = groups.map((group) => [...world.kept].find(([, { stream }]) => stream === conversationStream(group)))
    if (one === undefined || other === undefined) throw new Error('two snapshots')
    world.kept.set(one[0], { ...one[1], state: other[1].state, hash: other[1].hash })
    await answer(world.start().conversation(ada, groups[0] ?? '', 200, message('next')))
    world.kept.set(one[0], { ...one[1], revision: 10_000n })
    await answer(world.start().conversation(ada, groups[0] ?? '', 201, { type: 'RenameConversation', name: { text: uuidv7() } }))
  })
})
