import { uuidv7 } from 'uuidv7'
import { expect, it } from 'vitest'
import type { RecordedEvent } from '../../../events/event-store.js'
import { decode } from '../../../events/codec.js'
import { eventTypes, type StoryEvent } from '../../../events/registry.js'
import { storyStream } from '../../../events/streams.js'
import { right, scriptedAccount, scriptedConversation, scriptedLog, type ScriptedConversation, type ScriptedLog } from './history.js'
import { people } from './people.js'
import type { OpenReadModels } from './subject.js'
import { projectAll } from './subject.js'

/** What accounts decide about one another, their stories and notifications: each thing done, taken back and done again. */
const everySocialType = async (log: ScriptedLog, chat: ScriptedConversation, account: ReturnType<typeof scriptedAccount>, other: string) => {
  const pairs = [['UserFollowed', 'UserUnfollowed'], ['CloseFriendAdded', 'CloseFriendRemoved'], ['UserBlocked', 'UserUnblocked']] as const
  for (const [done, undone] of pairs) for (const type of [done, undone, done]) await account.says(type, { userId: other })
  for (const on of [true, false, true]) {
    await account.says('StoriesHiddenFrom', { userId: other, hidden: on })
    await account.says('StoriesMuted', { userId: other, muted: on })
    await account.says('NotificationsChanged', { kind: 'mention', enabled: !on })
    await account.says('LastSeenChanged', { visibleTo: on ? 'nobody' : 'everyone' })
    await chat.mute(other, on)
  }
  const stories = [await account.post([other]), await account.post([other]), await account.post([])]
  const [story, deleted = '', expired = ''] = stories
  const reaction = { reaction: 'r'.repeat(22) }
  const onStory = (type: StoryEvent['type'], data: object, content?: unknown) =>
    log.append(storyStream(story ?? ''), { actor: other }, { type, data: { author: account.id, ...data }, ...(content === undefined ? {} : { content }) })
  await onStory('StoryViewed', { viewer: other })
  await onStory('StoryReacted', { userId: other, unit: uuidv7(), ...reaction }, { text: '+1' })
  await onStory('StoryUnreacted', { userId: other })
  await onStory('StoryInspected', { reason: 'a report' })
  await account.endStory(deleted, 'StoryDeleted')
  await account.endStory(expired, 'StoryExpired')
  const last = await account.readNotifications('00000000000000000005', true)
  await account.readNotifications(last.position)
}

/** A history with every type of event. */
export const everyType = async () => {
  const log = scriptedLog()
  const [chat, account, [anna, bruno, carla, phone, laptop]] = [scriptedConversation(log), scriptedAccount(log), people(5)]
  await account.register({ handle: 'anna', name: 'Anna' })
  await account.addDevice(phone)
  await chat.create(anna, 'sinceJoin')
  await chat.add(anna, anna, 'admin')
  await chat.add(anna, bruno)
  const sent = await chat.send({ actor: anna, device: phone, counter: 1 }, 'hello', { mentions: [bruno] })
  await chat.rename(anna, 'One')
  await chat.edit(anna, sent, 'hello!')
  await chat.react(bruno, sent, '+1', { messageSender: anna })
  await chat.unreact(bruno, sent, '+1')
  await chat.react(bruno, sent, '+1', { messageSender: anna })
  await chat.pin(anna, sent)
  await chat.unpin(anna, sent)
  await account.change({ handle: 'anna_b', name: 'Anna B' })
  await account.addDevice(laptop)
  await account.revokeDevice(laptop)
  await chat.remove(anna, bruno)
  await chat.add(anna, bruno, 'admin')
  await chat.role(anna, bruno, 'member')
  await chat.add(anna, carla)
  await chat.leave(carla)
  await chat.epoch(anna)
  await chat.read(bruno, 3)
  await chat.read(bruno, 2)
  const last = await chat.send({ actor: bruno, device: laptop, counter: 1 }, 'bye')
  await chat.delete(bruno, last)
  await chat.rename(anna, 'Two')
  await everySocialType(log, chat, account, bruno)
  return log
}

export const repeating = (open: () => Promise<OpenReadModels>): void => {
  const rowsAfter = async (keyStore: Awaited<ReturnType<typeof everyType>>['keyStore'], batches: ReadonlyArray<ReadonlyArray<RecordedEvent>>) => {
    const models = await open()
    try {
      for (const batch of batches) await projectAll(models, keyStore, batch)
      return await models.rows()
    } finally {
      await models.close()
    }
  }

  it('L2: one by one, twice, each doubled, again from any position on: the same rows as from zero', async () => {
    const { events, keyStore } = await everyType()
    expect(new Set(events.map((event) => right(decode(event)).type)), 'every type of event takes part').toEqual(new Set(eventTypes))
    const fromZero = await rowsAfter(keyStore, [events])
    expect(fromZero.length).toBeGreaterThan(6)
    expect(await rowsAfter(keyStore, events.map((event) => [event])), 'one by one').toEqual(fromZero)
    expect(await rowsAfter(keyStore, [events, events]), 'twice').toEqual(fromZero)
    expect(await rowsAfter(keyStore, [events.flatMap((event) => [event, event])]), 'each doubled').toEqual(fromZero)
    expect(await rowsAfter(keyStore, [events, ...events.map((_, from) => events.slice(from))]), 'again from any position').toEqual(fromZero)
    const stretches = events.flatMap((_, from) => [1, 4].map((length) => events.slice(from, from + length))).toReversed()
    expect(await rowsAfter(keyStore, [events, ...stretches]), 'ever older stretches again: nobody is let in again').toEqual(fromZero)
  })
}
