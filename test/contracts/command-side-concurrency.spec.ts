import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { describe, expect, it } from 'vitest'
import { decode } from '../../events/codec.js'
import type { RecordedEvent } from '../../events/event-store.js'
import { chainVerifier } from '../../events/hash-chain.js'
import { directConversationId } from '../../events/ids.js'
import { conversationStream } from '../../events/streams.js'
import type { Acknowledgement, Problem } from '../../events/wire/answers.js'
import { aGroup, aMember, answer, codeOf, commandSides, message } from '../support/command-side.js'

const HOUR_MS = 3_600_000

/** Sends the same again while the answer is `busy`, as every client does. */
const untilTaken = async (send: () => TaskEither<Problem, Acknowledgement>): Promise<Acknowledgement> => {
  for (;;) {
    const done = await send()()
    if (E.isRight(done)) return done.right
    if (codeOf(done.left) !== 'busy') throw new Error(JSON.stringify(done.left))
  }
}

const messageIds = (events: ReadonlyArray<RecordedEvent>): ReadonlyArray<string> =>
  events.flatMap((recorded) => {
    const event = decode(recorded)
    return E.isRight(event) && event.right.type === 'MessageSent' ? [event.right.data.messageId] : []
  })

describe('many at once', () => {
  it('L3: 64 writers on one stream over 4 processes: 0 lost, 0 doubled, each acknowledged where it lies, no hole, one chain', async () => {
    const world = commandSides()
    const sides = Array.from({ length: 4 }, () => world.start())
    const [first] = sides
    if (first === undefined) throw new Error('four')
    const writers = await Promise.all(Array.from({ length: 64 }, () => aMember(first)))
    const [creator] = writers
    if (creator === undefined) throw new Error('64 writers')
    const group = await aGroup(first, creator, ...writers.slice(1))
    const sent = await Promise.all(writers.map(async (writer, index) => {
      const side = sides[index % sides.length] ?? first
      const acks: Acknowledgement[] = []
      for (let count = 0; count < 10; count += 1) {
        const next = message(`${index}/${count}`)
        acks.push(await untilTaken(() => side.conversation(writer, group, count + (writer === creator ? 2 : 1), next)))
      }
      return acks
    }))
    const events = world.log.streams.get(conversationStream(group)) ?? []
    const stored = messageIds(events)
    expect([stored.length, new Set(stored).size]).toEqual([640, 640])
    for (const ack of sent.flat()) expect(messageIds(events.slice(ack.sequence, ack.sequence + 1))).toEqual([ack.messageId])
    const check = chainVerifier(conversationStream(group), true)
    expect(events.map(check).filter((broken) => broken !== undefined)).toEqual([])
    expect(world.defects).toEqual([])
  })

  it('L4: processes whose clocks are an hour apart: the order is the stream’s, and what was acknowledged first comes first', async () => {
    const world = commandSides()
    const sides = [0, HOUR_MS, -HOUR_MS].map((off) => world.start({ clock: () => Date.now() + off }))
    const [side] = sides
    if (side === undefined) throw new Error('three')
    const ada = await aMember(side)
    const group = await aGroup(side, ada)
    const sequences: number[] = []
    for (let count = 0; count < 30; count += 1) {
      sequences.push((await answer((sides[count % 3] ?? side).conversation(ada, group, 2 + count, message(`${count}`)))).sequence)
    }
    expect(sequences).toEqual(Array.from({ length: 30 }, (_, index) => 2 + index))
  })

  it('O4: 100 sends of a device without waiting keep their order', async () => {
    const world = commandSides()
    const side = world.start()
    const ada = await aMember(side)
    const group = await aGroup(side, ada)
    const acks = await Promise.all(Array.from({ length: 100 }, (_, index) => answer(side.conversation(ada, group, 2 + index, message(`${index}`)))))
    expect(acks.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 100 }, (_, index) => 2 + index))
  })

  it('O4: 100 sends that arrive in any order are stored in the device’s, the others told which number is next', async () => {
    const world = commandSides()
    const side = world.start()
    const ada = await aMember(side)
    const group = await aGroup(side, ada)
    const messages = Array.from({ length: 100 }, (_, index) => message(`${index}`))
    const waiting = new Map(messages.map((one, index) => [2 + index, one]))
    for (let seed = 7; waiting.size > 0; seed += 1) {
      const shuffled = [...waiting].sort(([one], [other]) => ((one * 7919 * seed) % 101) - ((other * 7919 * seed) % 101))
      await Promise.all(shuffled.map(async ([counter, one]) => {
        if (E.isRight(await side.conversation(ada, group, counter, one)())) waiting.delete(counter)
      }))
    }
    expect(messageIds(world.log.streams.get(conversationStream(group)) ?? [])).toEqual(messages.map(({ messageId }) => messageId))
  })

  it('two people open their direct conversation at once through two processes: there is one', async () => {
    const world = commandSides()
    const [here, there] = [world.start(), world.start()]
    const [ada, ben] = [await aMember(here), await aMember(there)]
    const direct = directConversationId(ada.account, ben.account)
    const open = (other: string) => ({ type: 'CreateConversation', kind: 'direct', encryption: 'readable', members: [other] }) satisfies Parameters<typeof here.conversation>[3]
    const acks = await Promise.all([answer(here.conversation(ada, direct, 1, open(ben.account))), answer(there.conversation(ben, direct, 1, open(ada.account)))])
    expect(acks.filter(({ unchanged }) => unchanged)).toHaveLength(1)
    expect(world.log.streams.get(conversationStream(direct))).toHaveLength(3)
  })

  it('members added through one process are let in by another at once', async () => {
    const world = commandSides()
    const [here, there] = [world.start(), world.start()]
    const [ada, ben] = [await aMember(here), await aMember(here)]
    const group = await aGroup(here, ada)
    await answer(there.conversation(ada, group, 2, message('warm here too')))
    await answer(here.conversation(ada, group, 3, { type: 'AddMembers', members: [ben.account] }))
    await answer(there.conversation(ben, group, 1, message('let me in')))
  })
})
