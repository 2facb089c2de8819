import { Compile } from 'typebox/compile'
import { uuidv7 } from 'uuidv7'
import { describe, expect, it } from 'vitest'
import type { Position, RecordedEvent } from '../../../events/event-store.js'
import { limits } from '../../../events/limits.js'
import { storyStream } from '../../../events/streams.js'
import { Notification } from '../../../events/wire/notification.js'
import type { ReadSide } from '../../../read-side/index.js'
import { queryLimits } from '../../../read-side/limits.js'
import { scriptedAccount, scriptedConversation, scriptedLog } from './history.js'
import { people } from './people.js'
import type { OpenReadModels } from './subject.js'
import { answer, projectAll, readSideOf } from './subject.js'

const valid = Compile(Notification)

export const notifications = (subject: () => OpenReadModels): void => {
  const world = async (encryption: 'readable' | 'e2ee' = 'readable') => {
    const log = scriptedLog()
    const [chat, [anna, bruno, carla]] = [scriptedConversation(log), people(3)]
    await chat.create(anna, 'shared', encryption)
    await chat.add(anna, anna, 'admin')
    await chat.add(anna, bruno)
    let done = 0
    /** Projects what was appended since, and reads as it is then. */
    const read = async (clock?: () => number): Promise<ReadSide> => {
      await projectAll(subject(), log.keyStore, log.events.slice(done))
      done = log.events.length
      return readSideOf(subject(), log.keyStore, 'start', clock)
    }
    const told = async (account: string, clock?: () => number) => (await answer((await read(clock)).notifications(account, { limit: 50 }))).notifications
    const kinds = async (account: string) => (await told(account)).map(({ type }) => type)
    return { log, chat, anna, bruno, carla, read, told, kinds }
  }
  const positionOf = (event: RecordedEvent | undefined): Position => event?.position ?? ('' as Position)

  describe('notifications', () => {
    it('M4: name what happened, who did it, where, and the beginning of the message as it stands', async () => {
      const { chat, anna, bruno, carla, told } = await world()
      const sent = await chat.send(anna, 'hello @bruno', { mentions: [bruno] })
      await chat.edit(anna, sent, 'ü'.repeat(500))
      await chat.send(bruno, 'back', { replyTo: sent.target, replyToSender: anna })
      await chat.react(bruno, sent, '+1', { messageSender: anna })
      await chat.add(anna, carla)
      const [mention, added] = await told(bruno)
      expect(mention).toEqual({
        id: mention?.id, type: 'mention', account: bruno, actor: anna, mentioned_by: anna, conversation_id: chat.id, sequence: sent.target, message_id: sent.messageId,
        message_preview: 'ü'.repeat(queryLimits.previewCharacters), created_at: mention?.created_at, read: false, position: sent.event.position,
      })
      expect(added).toMatchObject({ type: 'addedToConversation', actor: anna, conversation_id: chat.id, sequence: 2 })
      expect((await told(anna)).map(({ type, actor, message_preview }) => [type, actor, message_preview?.slice(0, 4)])).toEqual([['reaction', bruno, 'üüüü'], ['reply', bruno, 'back']])
      for (const account of [anna, bruno, carla]) for (const one of await told(account)) expect([...valid.Errors(one)]).toEqual([])
    })

    it('X3: nothing is shown of an end-to-end encrypted message', async () => {
      const { chat, anna, bruno, told } = await world('e2ee')
      await chat.send(anna, 'as if sealed', { mentions: [bruno] })
      const [mention] = await told(bruno)
      expect([mention?.type, mention?.message_preview]).toEqual(['mention', undefined])
    })

    it('followers and mentions in stories; nobody is told of what they did themselves', async () => {
      const { log, anna, bruno, told, chat, kinds } = await world()
      const [account, other] = [scriptedAccount(log, anna), scriptedAccount(log, bruno)]
      await account.says('UserFollowed', { userId: bruno })
      const storyId = await other.post([anna, bruno])
      const sent = await chat.send(anna, 'to myself', { mentions: [anna], replyToSender: anna })
      await chat.react(anna, sent, '+1', { messageSender: anna })
      expect(await kinds(bruno)).toEqual(['follower', 'addedToConversation'])
      const now = () => log.events.length + 1_790_000_000_000
      expect(await told(anna, now)).toMatchObject([{ type: 'storyMention', mentioned_by: bruno, story_id: storyId }])
    })

    it('T3: what is about a deleted message, an ended story or a reaction taken back is gone, whatever is applied last', async () => {
      const { log, chat, anna, bruno, kinds } = await world()
      const author = scriptedAccount(log, anna)
      const [sent, kept] = [await chat.send(anna, 'gone', { mentions: [bruno] }), await chat.send(anna, 'kept', { mentions: [bruno] })]
      await chat.react(bruno, sent, '+1', { messageSender: anna })
      await chat.react(bruno, kept, '+1', { messageSender: anna })
      await chat.unreact(bruno, kept, '+1')
      await chat.react(bruno, kept, '+1', { messageSender: anna })
      const [deleted, expired] = [await author.post([bruno]), await author.post([bruno])]
      await chat.delete(anna, sent)
      await author.endStory(deleted, 'StoryDeleted')
      await author.endStory(expired, 'StoryExpired')
      expect([await kinds(bruno), await kinds(anna)]).toEqual([['mention', 'addedToConversation'], ['reaction']])
      for (const event of log.events.toReversed()) await projectAll(subject(), log.keyStore, [event])
      expect([await kinds(bruno), await kinds(anna)]).toEqual([['mention', 'addedToConversation'], ['reaction']])
    })

    it('P4: who is no more in the audience of a story is told of it no more: on the list, in the count, after a resumption, by id', async () => {
      const { log, chat, anna, bruno, read } = await world()
      const [author, viewer] = [scriptedAccount(log, anna), scriptedAccount(log, bruno)]
      await viewer.says('UserFollowed', { userId: anna })
      await author.says('CloseFriendAdded', { userId: bruno })
      const tiers = ['public', 'followers', 'close_friends'] as const
      const posted: { readonly tier: (typeof tiers)[number]; readonly id: string }[] = []
      for (const tier of tiers) posted.push({ tier, id: await author.post([bruno], tier) })
      await chat.send(anna, 'newest', { mentions: [bruno] })
      const now = () => 1_790_000_000_000 + log.events.length
      const all = (await answer((await read(now)).notifications(bruno, { limit: 9 }))).notifications
      const shown = async () => {
        const side = await read(now)
        const [page, first] = [await answer(side.notifications(bruno, { limit: 50 })), await answer(side.notifications(bruno, { limit: 2 }))]
        const second = first.next === undefined ? [] : (await answer(side.notifications(bruno, { limit: 48, before: first.next }))).notifications
        const ids = page.notifications.map(({ id }) => id)
        expect(page.unread, 'count and list').toBe(ids.length)
        expect([...first.notifications, ...second].map(({ id }) => id), 'by pages').toEqual(ids)
        const missed = await answer(side.missedNotifications(bruno, { position: 'start' }, 50))
        const picked = await answer(side.notificationsByIds(all.map(({ id }) => id)))
        for (const told of [missed, picked]) expect(told.map(({ notification }) => notification.id).toReversed()).toEqual(ids)
        return page.notifications.flatMap(({ story_id: about }) => posted.find(({ id }) => id === about)?.tier ?? []).toReversed()
      }
      expect(await shown()).toEqual(tiers)
      const steps = [
        [() => viewer.says('UserUnfollowed', { userId: anna }), ['public', 'close_friends']],
        [() => author.says('CloseFriendRemoved', { userId: bruno }), ['public']],
        [() => author.says('StoriesHiddenFrom', { userId: bruno, hidden: true }), []],
        [() => viewer.says('UserFollowed', { userId: anna }), []],
        [() => author.says('StoriesHiddenFrom', { userId: bruno, hidden: false }), ['public', 'followers']],
        [() => author.says('UserBlocked', { userId: bruno }), []],
      ] as const
      for (const [step, expected] of steps) {
        await step()
        expect(await shown()).toEqual(expected)
      }
    })

    it('T1: a story ends by the clock: its mention is not shown from exactly 24 h on, whoever sweeps', async () => {
      const { log, anna, bruno, told, read } = await world()
      await scriptedAccount(log, anna).post([bruno])
      const postedAt = 1_790_000_000_000 + log.events.length
      const end = postedAt + limits.storyLifetimeMs
      expect([(await told(bruno, () => end - 1))[0]?.type, (await told(bruno, () => end))[0]?.type]).toEqual(['storyMention', 'addedToConversation'])
      expect((await answer((await read(() => end - 1)).notifications(bruno, { limit: 9 }))).unread).toBe(2)
      expect((await answer((await read(() => end)).notifications(bruno, { limit: 9 }))).unread).toBe(1)
    })

    it('T1, T3: an author is told of each viewer\'s latest reaction to a story, until it is taken back or the story is over or ended', async () => {
      const { log, anna, bruno, carla, told } = await world()
      const author = scriptedAccount(log, anna)
      const [storyId, ended] = [await author.post([]), await author.post([])]
      const postedAt = 1_790_000_000_000 + log.events.length - 1
      const say = (actor: string, type: 'StoryReacted' | 'StoryUnreacted', about = storyId) => log.append(storyStream(about), { actor }, {
        type, data: { author: anna, userId: actor, ...(type === 'StoryReacted' && { unit: about, reaction: 'r'.repeat(22) }) }, ...(type === 'StoryReacted' && { content: { text: '+1' } }),
      })
      const reactions = async (now = postedAt) => (await told(anna, () => now)).filter(({ type }) => type === 'reaction').map(({ actor, story_id: about }) => [actor, about])
      for (const who of [bruno, carla, anna, bruno]) await say(who, 'StoryReacted')
      expect(await reactions()).toEqual([[bruno, storyId], [carla, storyId]])
      await say(carla, 'StoryUnreacted')
      await say(carla, 'StoryReacted', ended)
      expect(await reactions()).toEqual([[carla, ended], [bruno, storyId]])
      expect(await reactions(postedAt + limits.storyLifetimeMs - 1), 'by the story\'s own time, not by that of the reaction').toEqual([[carla, ended], [bruno, storyId]])
      expect(await reactions(postedAt + limits.storyLifetimeMs + 1)).toEqual([])
      await author.endStory(ended, 'StoryDeleted')
      expect(await reactions()).toEqual([[bruno, storyId]])
      for (const event of log.events.toReversed()) await projectAll(subject(), log.keyStore, [event])
      expect(await reactions()).toEqual([[bruno, storyId]])
    })

    it('M5: a kind that is switched off, a muted conversation, a block either way: silent while it lasts, and what came then stays so', async () => {
      const { log, chat, anna, bruno, kinds } = await world()
      const [account, other] = [scriptedAccount(log, bruno), scriptedAccount(log, anna)]
      const silences = [
        (on: boolean) => account.says('NotificationsChanged', { kind: 'mention', enabled: !on }),
        (on: boolean) => chat.mute(bruno, on),
        (on: boolean) => account.says(on ? 'UserBlocked' : 'UserUnblocked', { userId: anna }),
        (on: boolean) => other.says(on ? 'UserBlocked' : 'UserUnblocked', { userId: bruno }),
      ]
      const mention = () => chat.send(anna, 'hello', { mentions: [bruno] })
      const mentions = async () => (await kinds(bruno)).filter((kind) => kind === 'mention').length
      let heard = 0
      for (const silence of silences) {
        await mention()
        heard += 1
        expect(await mentions()).toBe(heard)
        await silence(true)
        await mention()
        expect(await mentions()).toBe(0)
        await silence(false)
        expect(await mentions()).toBe(heard)
      }
      for (const event of log.events.toReversed()) await projectAll(subject(), log.keyStore, [event])
      expect(await mentions()).toBe(heard)
    })

    it('a silence is of that account, kind, person and conversation alone', async () => {
      const { log, chat, anna, bruno, carla, kinds } = await world()
      await chat.add(anna, carla)
      const account = scriptedAccount(log, bruno)
      await account.says('NotificationsChanged', { kind: 'reply', enabled: false })
      await account.says('UserBlocked', { userId: carla })
      await scriptedConversation(log).mute(bruno, true)
      const sent = await chat.send(anna, 'all', { mentions: [bruno, carla], replyToSender: bruno })
      await chat.react(carla, sent, '+1', { messageSender: anna })
      expect([await kinds(anna), await kinds(bruno), await kinds(carla)]).toEqual([['reaction'], ['mention', 'addedToConversation'], ['mention', 'addedToConversation']])
    })

    it('pages go on where the one before ended; marks are read through a position, never beyond their event', async () => {
      const { log, chat, anna, bruno, read } = await world()
      const account = scriptedAccount(log, bruno)
      for (let nth = 0; nth < 4; nth += 1) await chat.send(anna, `${nth}`, { mentions: [bruno], replyToSender: bruno })
      const page = async (before?: string) => answer((await read()).notifications(bruno, { limit: 4, ...(before === undefined ? {} : { before }) }))
      const first = await page()
      const second = await page(first.next)
      const third = await page(second.next)
      const all = [first, second, third].flatMap(({ notifications: some }) => some)
      expect([first.unread, third.next, all.length, new Set(all.map(({ id }) => id)).size]).toEqual([9, undefined, 9, 9])
      expect(all.map(({ position }) => position)).toEqual(all.map(({ position }) => position).sort().reverse())
      await account.readNotifications(all[3]?.position ?? '')
      await account.readNotifications(all[5]?.position ?? '')
      const marked = await page()
      expect([marked.unread, marked.notifications.map((one) => one.read)]).toEqual([2, [false, false, true, true]])
      await account.readNotifications('zzzz', true)
      await chat.send(anna, 'later', { mentions: [bruno] })
      const after = await page()
      expect([after.unread, after.notifications.map((one) => [one.type, one.read])]).toEqual([1, [['mention', false]]])
    })

    it('M3: missed ones come oldest first after a place, those of a set of ids to whom they belong', async () => {
      const { log, chat, anna, bruno, read } = await world()
      const before = positionOf(log.events.at(-1))
      for (let nth = 0; nth < 3; nth += 1) await chat.send(anna, `${nth}`, { mentions: [bruno], replyToSender: bruno })
      const side = await read()
      const all = await answer(side.missedNotifications(bruno, { position: before }, 50))
      expect([all.length, all.map(({ at }) => at)]).toEqual([6, all.map(({ notification }) => notification.position).sort()])
      const first = await answer(side.missedNotifications(bruno, { position: before }, 3))
      const [last] = first.slice(-1)
      const rest = await answer(side.missedNotifications(bruno, { position: last?.at ?? 'start', id: last?.notification.id ?? '' }, 50))
      expect([...first, ...rest]).toEqual(all)
      expect(await answer(side.missedNotifications(bruno, { position: positionOf(log.events.at(-1)) }, 50))).toEqual([])
      expect((await answer(side.missedNotifications(bruno, { position: 'start' }, 50))).length).toBe(7)
      expect(await answer(side.notificationsByIds([...first.map(({ notification }) => notification.id), uuidv7()]))).toEqual(first)
      expect(await answer(side.notificationsByIds([]))).toEqual([])
    })

    it('E9: who was removed sees no later wording of a message, who is not told sees none', async () => {
      const { chat, anna, bruno, told } = await world()
      const sent = await chat.send(anna, 'before', { mentions: [bruno] })
      await chat.remove(anna, bruno)
      await chat.edit(anna, sent, 'after')
      expect((await told(bruno))[0]?.message_preview).toBe('before')
    })
  })
}
