import { uuidv7 } from 'uuidv7'
import { describe, expect, it } from 'vitest'
import type { History } from '../../../events/schemas/conversation.js'
import { mayRead } from '../../../events/visibility.js'
import { scriptedConversation, scriptedLog } from './history.js'
import { people } from './people.js'
import type { OpenReadModels } from './subject.js'
import { answer, projectAll, readSideOf, refusal } from './subject.js'

/**
 * Sequences: 0 created, 1 Anna, 2 Bruno, 3 "before", 4 named "First", 5 Carla joins, 6 "between", 7 edit of 3, 8 Bruno removed,
 * 9 "after", 10 edit of 6, 11 reaction to 6, 12 pin of 6, 13 named "Second", 14 Bruno again, 15 "again", 16 Carla leaves.
 */
const scripted = async (history: History) => {
  const log = scriptedLog()
  const [chat, [anna, bruno, carla, outsider]] = [scriptedConversation(log), people(4)]
  await chat.create(anna, history)
  await chat.add(anna, anna, 'admin')
  await chat.add(anna, bruno)
  const before = await chat.send(anna, 'before')
  await chat.rename(anna, 'First')
  await chat.add(anna, carla)
  const between = await chat.send(anna, 'between')
  await chat.edit(anna, before, 'before, edited')
  await chat.remove(anna, bruno)
  await chat.send(carla, 'after')
  await chat.edit(anna, between, 'between, edited')
  await chat.react(carla, between, '+1')
  await chat.pin(anna, between)
  await chat.rename(anna, 'Second')
  await chat.add(anna, bruno)
  await chat.send(anna, 'again')
  await chat.leave(carla)
  await chat.read(anna, 6)
  await chat.read(carla, 9)
  return { log, chat, anna, bruno, carla, outsider }
}

const everything = { limit: 100 }

export const visibility = (subject: () => OpenReadModels): void => {
  describe('E9: who may read what', () => {
    const shown = async (history: History, upTo: number) => {
      const made = await scripted(history)
      await projectAll(subject(), made.log.keyStore, made.log.events.slice(0, upTo))
      const read = readSideOf(subject(), made.log.keyStore)
      const sequences = async (account: string) => ({
        messages: (await answer(read.timeline(account, made.chat.id, everything))).messages.map(({ sequence }) => sequence).toReversed(),
        events: (await answer(read.events(account, made.chat.id, { from: 0, limit: 100 }))).map(({ sequence }) => sequence),
        missed: (await answer(read.missed(account, 'start', 100))).events.map(({ revision }) => Number(revision)),
      })
      return { ...made, read, sequences }
    }
    const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index)

    it('shared history: everything while a member, then nothing later, the removal included', async () => {
      const { sequences, anna, bruno, carla } = await shown('shared', 14)
      expect(await sequences(anna)).toEqual({ messages: [3, 6, 9], events: range(0, 13), missed: range(0, 13) })
      expect(await sequences(carla)).toEqual({ messages: [3, 6, 9], events: range(0, 13), missed: range(0, 13) })
      expect(await sequences(bruno)).toEqual({ messages: [3, 6], events: range(0, 8), missed: range(0, 8) })
    })

    it('since joining: each stay apart; the creator sees the creation', async () => {
      const { sequences, anna, bruno, carla } = await shown('sinceJoin', 17)
      expect(await sequences(anna)).toEqual({ messages: [3, 6, 9, 15], events: range(0, 16), missed: range(0, 16) })
      expect(await sequences(carla)).toEqual({ messages: [6, 9, 15], events: range(5, 16), missed: range(5, 16) })
      expect(await sequences(bruno)).toEqual({ messages: [3, 6, 15], events: [...range(2, 8), ...range(14, 16)], missed: [...range(2, 8), ...range(14, 16)] })
    })

    it('what happened after a removal changes nothing that the removed member sees', async () => {
      const { read, chat, bruno } = await shown('shared', 14)
      const between = await answer(read.message(bruno, chat.id, 6))
      expect(between).toMatchObject({ content: { text: 'between' }, pinned: false, reactions: [] })
      expect(between.editedAt).toBeUndefined()
      expect(await answer(read.conversation(bruno, chat.id))).toMatchObject({ name: { text: 'First' }, members: [], pins: [], head: 8 })
      expect(await answer(read.inbox(bruno, everything))).toMatchObject({
        conversations: [{ member: false, head: 8, name: { text: 'First' }, lastMessage: { sequence: 6 }, lastActivityAt: 1_790_000_000_009, unread: 2 }],
      })
      expect((await answer(read.timeline(bruno, chat.id, everything))).head).toBe(8)
    })

    it('a member who joined late sees the name, and nothing else from before', async () => {
      const { read, chat, carla } = await shown('sinceJoin', 14)
      expect(await answer(read.conversation(carla, chat.id))).toMatchObject({ name: { text: 'Second' }, pins: [6], head: 13 })
      expect((await refusal(read.message(carla, chat.id, 3))).type).toBe('urn:tidings:problem:not-found')
    })

    it('current members see one another, by when they joined; those who left see nobody', async () => {
      const { read, chat, anna, bruno, carla } = await shown('shared', 19)
      const members = [{ userId: anna, role: 'admin', since: 1 }, { userId: bruno, role: 'member', since: 14 }]
      expect((await answer(read.conversation(anna, chat.id))).members).toEqual(members)
      expect((await answer(read.conversation(carla, chat.id))).members).toEqual([])
      expect((await answer(read.readStates(anna, chat.id))).readers).toEqual([{ userId: anna, through: 6 }])
      expect((await answer(read.readStates(carla, chat.id))).readers).toEqual([{ userId: carla, through: 9 }])
      expect((await answer(read.readStates(bruno, chat.id))).readers).toEqual([{ userId: anna, through: 6 }])
    })

    it('memberships are the intervals that `mayRead` decides by', async () => {
      const { read, chat, bruno, outsider } = await shown('sinceJoin', 17)
      const [membership, ...others] = await answer(read.memberships(bruno))
      expect(others).toEqual([])
      expect(membership).toEqual({ conversation: chat.id, visible: [{ from: 2, to: 8 }, { from: 14, to: undefined }], headSequence: 16 })
      expect(range(0, 20).filter((revision) => mayRead(membership?.visible ?? [], revision))).toEqual([...range(2, 8), ...range(14, 20)])
      expect(await answer(read.memberships(outsider))).toEqual([])
    })

    it('for an outsider every query answers as if the conversation were not there, to the byte', async () => {
      const { read, chat, outsider } = await shown('shared', 19)
      const asked = (conversation: string) => [
        read.timeline(outsider, conversation, everything), read.timeline(outsider, conversation, { newerThan: 0, limit: 5 }),
        read.events(outsider, conversation, { from: 0, limit: 5 }), read.message(outsider, conversation, 3),
        read.conversation(outsider, conversation), read.readStates(outsider, conversation),
      ]
      const refusals = await Promise.all([...asked(chat.id), ...asked(uuidv7())].map((query) => refusal(query)))
      expect(new Set(refusals.map((refused) => JSON.stringify(refused))).size).toBe(1)
      expect(refusals[0]?.status).toBe(404)
      expect(await answer(read.inbox(outsider, everything))).toEqual({ conversations: [] })
      expect(await answer(read.missed(outsider, 'start', 100))).toEqual({ events: [], through: 'start', done: true })
    })
  })
}
