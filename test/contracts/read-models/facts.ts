import * as O from 'fp-ts/lib/Option.js'
import { uuidv7 } from 'uuidv7'
import { describe, expect, it } from 'vitest'
import { accountStream } from '../../../events/streams.js'
import { scriptedConversation, scriptedLog } from './history.js'
import { people } from './people.js'
import type { OpenReadModels } from './subject.js'
import { answer, projectAll } from './subject.js'

export const facts = (subject: () => OpenReadModels): void => {
  const group = async () => {
    const log = scriptedLog()
    const [chat, [anna, bruno, device]] = [scriptedConversation(log), people(3)]
    await chat.create(anna)
    await chat.add(anna, anna, 'admin')
    return { log, chat, anna, bruno, device }
  }

  describe('facts about messages', () => {
    it('say who sent it, what stands, and up to where they hold', async () => {
      const { log, chat, anna, bruno } = await group()
      const sent = await chat.send(anna, 'hello')
      const like = await chat.react(bruno, sent, '+1')
      await chat.react(anna, sent, 'heart')
      await chat.unreact(anna, sent, 'heart')
      await projectAll(subject(), log.keyStore, log.events)
      const key = (JSON.parse(Buffer.from(like.data).toString()) as { reaction: string }).reaction
      const known = { sequence: 2, messageId: sent.messageId, sender: anna, unit: sent.messageId, deleted: false, reactions: new Set([`${bruno}:${key}`]), mentions: new Map() }
      expect(await answer(subject().facts.bySequence(chat.id, 2))).toEqual({ atRevision: 5, facts: O.some(known) })
      expect(await answer(subject().facts.byMessageId(chat.id, sent.messageId))).toEqual({ atRevision: 5, sequence: O.some(2) })
      const before = log.events.length
      await chat.delete(anna, sent)
      await projectAll(subject(), log.keyStore, log.events.slice(before))
      expect(await answer(subject().facts.bySequence(chat.id, 2))).toEqual({ atRevision: 6, facts: O.some({ ...known, deleted: true }) })
    })

    it('M5: whom the message and its edits mentioned, with the revision of the first time', async () => {
      const { log, chat, anna, bruno, device } = await group()
      const sent = await chat.send(anna, 'hello', { mentions: [bruno] })
      await chat.edit(anna, sent, 'more', { mentions: [device] })
      await chat.edit(anna, sent, 'and more')
      await chat.edit(anna, sent, 'again', { mentions: [bruno, anna] })
      await projectAll(subject(), log.keyStore, log.events)
      const found = await answer(subject().facts.bySequence(chat.id, 2))
      expect(O.isSome(found.facts) ? found.facts.value.mentions : undefined).toEqual(new Map([[bruno, 2], [device, 3], [anna, 5]]))
    })

    it('there are none of what is no message of this conversation', async () => {
      const [{ log, chat, anna }, elsewhere] = [await group(), await group()]
      const sent = await elsewhere.chat.send(elsewhere.anna, 'elsewhere')
      await projectAll(subject(), log.keyStore, [...log.events, ...elsewhere.log.events])
      expect(await answer(subject().facts.bySequence(chat.id, 1))).toEqual({ atRevision: 1, facts: O.none })
      expect(await answer(subject().facts.bySequence(chat.id, 9))).toEqual({ atRevision: 1, facts: O.none })
      expect(await answer(subject().facts.byMessageId(chat.id, sent.messageId))).toEqual({ atRevision: 1, sequence: O.none })
      expect(await answer(subject().facts.bySequence(anna, 1))).toEqual({ atRevision: -1, facts: O.none })
      expect(await answer(subject().facts.byMessageId(anna, sent.messageId))).toEqual({ atRevision: -1, sequence: O.none })
    })
  })

  describe('L5: command receipts', () => {
    it('name the first and last event of a numbered command', async () => {
      const { log, chat, anna, device } = await group()
      const by = (counter: number) => ({ actor: anna, device, counter })
      const one = await chat.send(by(1), 'one')
      await chat.send(by(2), 'two, first part')
      await chat.send(by(2), 'two, second part')
      await chat.pin(anna, one)
      await projectAll(subject(), log.keyStore, log.events)
      const find = (counter: number, of = device) => answer(subject().receipts.find(chat.stream, of, counter))
      expect(await find(1)).toEqual({ atRevision: 5, first: O.some(2), last: O.some(2) })
      expect(await find(2)).toEqual({ atRevision: 5, first: O.some(3), last: O.some(4) })
      expect(await find(3)).toEqual({ atRevision: 5, first: O.none, last: O.none })
      expect(await find(1, uuidv7())).toEqual({ atRevision: 5, first: O.none, last: O.none })
    })

    it('a command whose events came in two batches is one', async () => {
      const { log, chat, anna, device } = await group()
      await chat.send({ actor: anna, device, counter: 1 }, 'first part')
      await chat.send({ actor: anna, device, counter: 1 }, 'second part')
      await projectAll(subject(), log.keyStore, log.events.slice(0, 3))
      await projectAll(subject(), log.keyStore, log.events.slice(3))
      expect(await answer(subject().receipts.find(chat.stream, device, 1))).toEqual({ atRevision: 3, first: O.some(2), last: O.some(3) })
    })

    it('of another stream nothing is known', async () => {
      const nothing = { atRevision: -1, first: O.none, last: O.none }
      expect(await answer(subject().receipts.find(accountStream(uuidv7()), uuidv7(), 1))).toEqual(nothing)
      expect(await answer(subject().receipts.find(scriptedConversation(scriptedLog()).stream, uuidv7(), 1))).toEqual(nothing)
    })
  })
}
