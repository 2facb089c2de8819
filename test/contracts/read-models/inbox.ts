import { describe, expect, it } from 'vitest'
import { queryLimits } from '../../../read-side/limits.js'
import { scriptedConversation, scriptedLog, type ScriptedLog } from './history.js'
import { people } from './people.js'
import type { OpenReadModels } from './subject.js'
import { answer, projectAll, readSideOf, refusal } from './subject.js'

const chatOf = async (log: ScriptedLog, ...[creator, ...others]: readonly [string, ...string[]]) => {
  const chat = scriptedConversation(log)
  await chat.create(creator)
  await chat.add(creator, creator, 'admin')
  for (const other of others) await chat.add(creator, other)
  return chat
}

export const inbox = (subject: () => OpenReadModels): void => {
  describe('the inbox', () => {
    it('the last active comes first; edits, reactions and pins are no activity', async () => {
      const [log, [anna, bruno]] = [scriptedLog(), people(2)]
      const [one, two] = [await chatOf(log, anna, bruno), await chatOf(log, bruno, anna)]
      const sent = await one.send(anna, 'old')
      await two.send(bruno, 'new')
      await one.edit(anna, sent, 'older')
      await one.react(bruno, sent, '+1')
      await one.pin(anna, sent)
      await one.role(anna, bruno, 'admin')
      await one.epoch(anna)
      await projectAll(subject(), log.keyStore, log.events)
      const read = readSideOf(subject(), log.keyStore)
      const order = async () => (await answer(read.inbox(anna, { limit: 10 }))).conversations.map(({ conversation }) => conversation)
      expect(await order()).toEqual([two.id, one.id])
      const before = log.events.length
      await one.rename(anna, 'Up again')
      await projectAll(subject(), log.keyStore, log.events.slice(before))
      expect(await order()).toEqual([one.id, two.id])
      const [first] = (await answer(read.inbox(anna, { limit: 1 }))).conversations
      expect(first).toMatchObject({
        kind: 'group', encryption: 'readable', name: { text: 'Up again' }, head: 9, lastActivityAt: 1_790_000_000_014, readThrough: 0, unread: 0, muted: false, member: true,
        lastMessage: { sequence: 3, content: { text: 'older' }, pinned: true, reactions: [{ userId: bruno }] },
      })
    })

    it('unread: messages by others after the marker, without deleted ones; a marker never goes back', async () => {
      const [log, [anna, bruno]] = [scriptedLog(), people(2)]
      const chat = await chatOf(log, anna, bruno)
      await chat.send(anna, 'by the reader itself? no, by Anna')
      const gone = await chat.send(anna, 'gone')
      await chat.send(bruno, 'his own')
      await chat.send(anna, 'last')
      await chat.react(anna, gone, '+1')
      await projectAll(subject(), log.keyStore, log.events)
      const read = readSideOf(subject(), log.keyStore)
      const counted = async (account: string) => (await answer(read.inbox(account, { limit: 10 }))).conversations.map(({ readThrough, unread }) => ({ readThrough, unread }))
      const more = async (work: () => Promise<unknown>) => {
        const before = log.events.length
        await work()
        await projectAll(subject(), log.keyStore, log.events.slice(before))
      }
      expect([await counted(bruno), await counted(anna)]).toEqual([[{ readThrough: 0, unread: 3 }], [{ readThrough: 0, unread: 1 }]])
      await more(() => chat.delete(anna, gone))
      expect(await counted(bruno)).toEqual([{ readThrough: 0, unread: 2 }])
      await more(() => chat.read(bruno, 3))
      expect(await counted(bruno)).toEqual([{ readThrough: 3, unread: 1 }])
      await more(() => chat.read(bruno, 2))
      expect(await counted(bruno)).toEqual([{ readThrough: 3, unread: 1 }])
      await more(() => chat.read(bruno, 7))
      expect(await counted(bruno)).toEqual([{ readThrough: 7, unread: 0 }])
    })

    it('M5: muted, or no longer, for that account in that conversation alone', async () => {
      const [log, [anna, bruno]] = [scriptedLog(), people(2)]
      const [chat, other] = [await chatOf(log, anna, bruno), await chatOf(log, anna, bruno)]
      await chat.mute(bruno, true)
      await projectAll(subject(), log.keyStore, log.events)
      const read = readSideOf(subject(), log.keyStore)
      const muted = async (account: string) => Object.fromEntries((await answer(read.inbox(account, { limit: 10 }))).conversations.map((entry) => [entry.conversation, entry.muted]))
      expect([await muted(bruno), await muted(anna)]).toEqual([{ [chat.id]: true, [other.id]: false }, { [chat.id]: false, [other.id]: false }])
      await projectAll(subject(), log.keyStore, [await chat.mute(bruno, false)])
      expect(await muted(bruno)).toEqual({ [chat.id]: false, [other.id]: false })
      await projectAll(subject(), log.keyStore, log.events.slice(-2, -1))
      expect(await muted(bruno), 'an older event that comes again changes nothing').toEqual({ [chat.id]: false, [other.id]: false })
    })

    it('unread messages are counted up to a limit', async () => {
      const [log, [anna, bruno]] = [scriptedLog(), people(2)]
      const chat = await chatOf(log, anna, bruno)
      for (let index = 0; index < queryLimits.unreadCount + 5; index += 1) await chat.send(anna, 'again')
      await projectAll(subject(), log.keyStore, log.events)
      const page = await answer(readSideOf(subject(), log.keyStore).inbox(bruno, { limit: 10 }))
      expect(page.conversations[0]?.unread).toBe(queryLimits.unreadCount)
    })

    it('pages go on to the end, each conversation once', async () => {
      const [log, [anna]] = [scriptedLog(), people(1)]
      const chats: string[] = []
      for (let index = 0; index < 7; index += 1) chats.push((await chatOf(log, anna)).id)
      await projectAll(subject(), log.keyStore, log.events)
      const read = readSideOf(subject(), log.keyStore)
      const seen: string[] = []
      let before: string | undefined
      do {
        const page = await answer(read.inbox(anna, { limit: 3, ...(before === undefined ? {} : { before }) }))
        seen.push(...page.conversations.map(({ conversation }) => conversation))
        before = page.next
      } while (before !== undefined)
      expect(seen).toEqual(chats.toReversed())
    })

    it('a cursor that we did not give is malformed', async () => {
      const read = readSideOf(subject(), scriptedLog().keyStore)
      for (const before of ['', 'x', 'bnVsbA', Buffer.from('["1","not an id"]').toString('base64url'), Buffer.from('[1,2]').toString('base64url')]) {
        expect(await refusal(read.inbox(people(1)[0], { before, limit: 3 }))).toMatchObject({ status: 400 })
      }
    })

    it('who just joined has no last message from before', async () => {
      const [log, [anna, bruno]] = [scriptedLog(), people(2)]
      const chat = scriptedConversation(log)
      await chat.create(anna, 'sinceJoin')
      await chat.add(anna, anna, 'admin')
      await chat.send(anna, 'early')
      await chat.add(anna, bruno)
      await projectAll(subject(), log.keyStore, log.events)
      const page = await answer(readSideOf(subject(), log.keyStore).inbox(bruno, { limit: 10 }))
      expect(page.conversations).toMatchObject([{ lastMessage: null, unread: 0, name: null, head: 3 }])
    })
  })
}
