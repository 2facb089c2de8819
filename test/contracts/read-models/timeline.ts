import { describe, expect, it } from 'vitest'
import { scriptedConversation, scriptedLog } from './history.js'
import { people } from './people.js'
import type { OpenReadModels } from './subject.js'
import { answer, projectAll, readSideOf, refusal } from './subject.js'

const withMessages = async (count: number) => {
  const log = scriptedLog()
  const [chat, [anna, bruno]] = [scriptedConversation(log), people(2)]
  await chat.create(anna)
  await chat.add(anna, anna, 'admin')
  await chat.add(anna, bruno)
  const messages = []
  for (let index = 0; index < count; index += 1) messages.push(await chat.send(index % 2 === 0 ? anna : bruno, `line ${index}`))
  return { log, chat, anna, bruno, messages }
}

export const timeline = (subject: () => OpenReadModels): void => {
  describe('the timeline', () => {
    it('a message is shown with its content, sender, device and time', async () => {
      const { log, chat, anna, bruno } = await withMessages(0)
      const first = await chat.send({ actor: anna, device: bruno, counter: 1 }, 'hello')
      const story = { author: anna, storyId: first.messageId }
      await chat.send(bruno, 'hi', { replyTo: first.target, story })
      await projectAll(subject(), log.keyStore, log.events)
      const read = readSideOf(subject(), log.keyStore)
      const page = await answer(read.timeline(bruno, chat.id, { limit: 10 }))
      expect(page.head).toBe(4)
      expect(page.next).toBeUndefined()
      expect(page.messages.map(({ sequence }) => sequence)).toEqual([4, 3])
      expect(page.messages[1]).toEqual({
        conversation: chat.id, sequence: 3, messageId: first.messageId, sender: anna, device: bruno, sentAt: 1_790_000_000_004,
        content: { text: 'hello' }, deleted: false, pinned: false, reactions: [],
      })
      expect([page.messages[0]?.replyTo, page.messages[0]?.story]).toEqual([3, story])
      expect(await answer(read.message(anna, chat.id, 3))).toEqual(page.messages[1])
    })

    it('pages go on to both ends without a hole or a double', async () => {
      const { log, chat, anna, messages } = await withMessages(7)
      await chat.pin(anna, messages[2] ?? expect.fail())
      await projectAll(subject(), log.keyStore, log.events)
      const read = readSideOf(subject(), log.keyStore)
      const pages = async (bound: (next: number | undefined) => { olderThan?: number; newerThan?: number }) => {
        const seen: number[] = []
        let next: number | undefined
        do {
          const page = await answer(read.timeline(anna, chat.id, { ...bound(next), limit: 3 }))
          seen.push(...page.messages.map(({ sequence }) => sequence))
          next = page.next
        } while (next !== undefined)
        return seen
      }
      expect(await pages((next) => (next === undefined ? {} : { olderThan: next }))).toEqual([9, 8, 7, 6, 5, 4, 3])
      expect(await pages((next) => ({ newerThan: next ?? -1 }))).toEqual([3, 4, 5, 6, 7, 8, 9])
      expect(await answer(read.timeline(anna, chat.id, { olderThan: 3, limit: 3 }))).toEqual({ messages: [], head: 10 })
      expect(await answer(read.timeline(anna, chat.id, { newerThan: Number.MAX_SAFE_INTEGER, limit: 3 }))).toEqual({ messages: [], head: 10 })
    })

    it('edits, reactions and pins show as they stand now', async () => {
      const { log, chat, anna, bruno, messages: [first, second] } = await withMessages(2)
      if (first === undefined || second === undefined) throw new Error('two messages')
      await chat.edit(anna, first, 'once')
      await chat.edit(anna, first, 'twice')
      await chat.react(bruno, first, '+1')
      await chat.react(anna, first, '+1')
      await chat.react(bruno, first, 'heart')
      await chat.unreact(bruno, first, '+1')
      await chat.pin(anna, first)
      await chat.pin(anna, second)
      await chat.unpin(anna, second)
      await projectAll(subject(), log.keyStore, log.events)
      const read = readSideOf(subject(), log.keyStore)
      expect(await answer(read.message(bruno, chat.id, 3))).toMatchObject({
        content: { text: 'twice' }, editedBySequence: 6, editedAt: 1_790_000_000_007, pinned: true, deleted: false,
        reactions: [{ userId: anna, sequence: 8, reaction: { text: '+1' } }, { userId: bruno, sequence: 9, reaction: { text: 'heart' } }],
      })
      expect((await answer(read.message(bruno, chat.id, 4))).pinned).toBe(false)
      expect((await answer(read.conversation(anna, chat.id))).pins).toEqual([3])
    })

    it('a deleted message keeps its place and nothing else', async () => {
      const { log, chat, anna, bruno, messages: [first] } = await withMessages(1)
      if (first === undefined) throw new Error('a message')
      await chat.edit(anna, first, 'other words')
      await chat.react(bruno, first, '+1')
      await chat.pin(anna, first)
      await projectAll(subject(), log.keyStore, log.events)
      const before = log.events.length
      await chat.delete(anna, first)
      const read = readSideOf(subject(), log.keyStore)
      const gone = { sequence: 3, sender: anna, content: null, deleted: true, pinned: false, reactions: [] }
      expect(await answer(read.message(bruno, chat.id, 3)), 'E8: the key is destroyed, the read models do not know yet').toMatchObject(gone)
      await projectAll(subject(), log.keyStore, log.events.slice(before))
      expect(await answer(read.message(bruno, chat.id, 3))).toMatchObject(gone)
      expect((await answer(read.conversation(anna, chat.id))).pins).toEqual([])
      const delivered = await answer(read.events(bruno, chat.id, { from: 3, limit: 10 }))
      expect(delivered.map(({ erased, content }) => [erased, content])).toEqual([
        [true, undefined], [true, undefined], [true, undefined], [undefined, undefined], [undefined, undefined],
      ])
    })

    it('only messages are messages', async () => {
      const { log, chat, anna } = await withMessages(1)
      await projectAll(subject(), log.keyStore, log.events)
      const read = readSideOf(subject(), log.keyStore)
      for (const sequence of [0, 2, 4, Number.MAX_SAFE_INTEGER]) expect((await refusal(read.message(anna, chat.id, sequence))).type).toBe('urn:tidings:problem:not-found')
    })

    it('A3: events are delivered as they were recorded, with content and salt', async () => {
      const { log, chat, anna } = await withMessages(1)
      await chat.rename(anna, 'The group')
      await projectAll(subject(), log.keyStore, log.events)
      const read = readSideOf(subject(), log.keyStore)
      const delivered = await answer(read.events(anna, chat.id, { from: 0, limit: 10 }))
      expect(delivered.map(({ sequence, type }) => [sequence, type])).toEqual([
        [0, 'ConversationCreated'], [1, 'MemberAdded'], [2, 'MemberAdded'], [3, 'MessageSent'], [4, 'ConversationRenamed'],
      ])
      expect(delivered.map(({ content }) => content)).toEqual([undefined, undefined, undefined, { text: 'line 0' }, { text: 'The group' }])
      expect(delivered[3]?.salt).toMatch(/^[A-Za-z0-9_-]{22}$/)
      delivered.forEach((event, index) => {
        const recorded = log.events[index]
        expect(JSON.stringify(event.data)).toBe(Buffer.from(recorded?.data ?? []).toString())
        expect(JSON.stringify(event.metadata)).toBe(Buffer.from(recorded?.metadata ?? []).toString())
        expect([event.id, event.position]).toEqual([recorded?.id, recorded?.position])
      })
      expect((await answer(read.events(anna, chat.id, { from: 3, limit: 1 }))).map(({ sequence }) => sequence)).toEqual([3])
      expect(await answer(read.deliver(log.events))).toEqual(delivered)
      expect(await answer(read.range(chat.id, 1, 3))).toEqual(log.events.slice(1, 4))
      expect(await answer(read.heads([chat.id, anna]))).toEqual(new Map([[chat.id, 4]]))
    })

    it('one look-up of keys an answer, whatever it opens', async () => {
      const { log, chat, anna } = await withMessages(5)
      await chat.rename(anna, 'The group')
      await projectAll(subject(), log.keyStore, log.events)
      let lookUps = 0
      const read = readSideOf(subject(), { find: (units) => { lookUps += 1; return log.keyStore.find(units) } })
      await answer(read.timeline(anna, chat.id, { limit: 10 }))
      await answer(read.inbox(anna, { limit: 10 }))
      await answer(read.deliver(log.events))
      expect(lookUps).toBe(3)
    })
  })
}
