import { describe, expect, it } from 'vitest'
import type { Position, RecordedEvent } from '../../../events/event-store.js'
import { createReadSide } from '../../../read-side/create.js'
import { scriptedConversation, scriptedLog } from './history.js'
import { people } from './people.js'
import type { OpenReadModels } from './subject.js'
import { answer, handleDigest, projectAll, readSideOf, refusal } from './subject.js'

const scripted = async () => {
  const log = scriptedLog()
  const [anna, bruno, carla] = people(3)
  const chats = [scriptedConversation(log), scriptedConversation(log), scriptedConversation(log)] as const
  for (const chat of chats) {
    await chat.create(anna, 'sinceJoin')
    await chat.add(anna, anna, 'admin')
  }
  const [one, two, three] = chats
  await one.add(anna, bruno)
  await two.add(anna, bruno)
  await three.add(anna, carla)
  const sent = await one.send(bruno, 'first')
  await three.send(carla, 'not for Bruno')
  await two.send(anna, 'second')
  await one.react(anna, sent, '+1')
  await two.remove(anna, bruno)
  await two.send(anna, 'not for Bruno any more')
  await one.edit(bruno, sent, 'edited')
  await two.add(anna, bruno)
  await one.read(bruno, 3)
  await two.send(bruno, 'back again')
  await one.delete(bruno, sent)
  await three.add(carla, bruno)
  await three.send(bruno, 'hello')
  return { log, anna, bruno, carla, chats }
}

export const sessions = (subject: () => OpenReadModels): void => {
  describe('Q5: what a session missed', () => {
    const visibleTo = (log: ReadonlyArray<RecordedEvent>, hidden: (event: RecordedEvent) => boolean) =>
      log.filter((event) => event.stream.startsWith('conversation-') && !hidden(event)).map(({ position }) => position)

    it('cut at every position and page size: nothing lost, doubled or reordered', async () => {
      const { log, bruno, chats: [one, two, three] } = await scripted()
      await projectAll(subject(), log.keyStore, log.events)
      const read = readSideOf(subject(), log.keyStore)
      const all = visibleTo(log.events, ({ stream, revision }) =>
        (stream === one.stream && revision < 2n) || (stream === two.stream && (revision < 2n || revision === 5n)) || (stream === three.stream && revision < 4n))
      for (const limit of [1, 2, 5, 100]) {
        for (const cut of ['start' as const, ...log.events.map(({ position }) => position)]) {
          const got: Position[] = []
          let [after, done]: [Position | 'start', boolean] = [cut, false]
          while (!done) {
            const page = await answer(read.missed(bruno, after, limit))
            got.push(...page.events.map(({ position }) => position))
            expect(page.events.length).toBeLessThanOrEqual(limit)
            ;({ through: after, done } = page)
          }
          expect(got).toEqual(all.filter((position) => cut === 'start' || position > cut))
        }
      }
    })

    it('edits, deletions and reactions are among them, as they were recorded', async () => {
      const { log, bruno, chats: [one] } = await scripted()
      await projectAll(subject(), log.keyStore, log.events)
      const { events } = await answer(readSideOf(subject(), log.keyStore).missed(bruno, 'start', 100))
      expect(events.filter(({ stream }) => stream === one.stream)).toEqual(log.events.filter(({ stream, revision }) => stream === one.stream && revision >= 2n))
    })

    it('whoever was given its memberships is given its events of the same moment', async () => {
      const { log, bruno, chats } = await scripted()
      await projectAll(subject(), log.keyStore, log.events)
      const read = readSideOf(subject(), log.keyStore)
      expect((await answer(read.memberships(bruno))).map(({ conversation, headSequence }) => [conversation, headSequence])).toEqual([
        [chats[0].id, 6], [chats[1].id, 7], [chats[2].id, 5],
      ].sort())
      expect(await answer(read.heads(chats.map(({ id }) => id)))).toEqual(new Map([[chats[0].id, 6], [chats[1].id, 7], [chats[2].id, 5]]))
    })
  })

  describe('waiting for a position', () => {
    const waiting = () => {
      const log = scriptedLog()
      let head = '1' as Position
      const wake: (() => void)[] = []
      const read = createReadSide({
        readers: subject().readers, audience: subject().audience, keyStore: log.keyStore, handleDigest, clock: Date.now,
        progress: {
          progress: async () => head,
          changed: (seen, signal) => new Promise((resolve) => {
            if (seen !== head) return resolve()
            wake.push(resolve)
            signal.addEventListener('abort', () => resolve())
          }),
        },
      })
      const advance = (to: string) => {
        head = to as Position
        for (const each of wake.splice(0)) each()
      }
      return { read, advance }
    }

    it('resolves once it is there, and at once when it is', async () => {
      const { read, advance } = waiting()
      await answer(read.waitFor('1' as Position, 5_000))
      const waits = answer(read.waitFor('3' as Position, 5_000))
      advance('2')
      advance('4')
      await waits
      expect(await answer(read.progress())).toBe('4')
    })

    it('is busy when it does not come in time', async () => {
      expect(await refusal(waiting().read.waitFor('9' as Position, 20))).toMatchObject({ status: 503, type: 'urn:tidings:problem:busy', retryAfterMs: 1_000 })
    })
  })
}
