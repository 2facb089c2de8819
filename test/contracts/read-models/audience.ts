import { uuidv7 } from 'uuidv7'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { stranger } from '../../../events/audience.js'
import type { AccountEvent } from '../../../events/registry.js'
import { notificationKinds } from '../../../events/schemas/common.js'
import type { ListedAccounts } from '../../../read-side/index.js'
import { scriptedAccount, scriptedLog } from './history.js'
import type { OpenReadModels } from './subject.js'
import { answer, projectAll, readSideOf, refusal } from './subject.js'

const RANDOM_RUNS = 15

/** Accounts on one log, and everything projected after each step. */
const world = (subject: () => OpenReadModels, count: number) => {
  const log = scriptedLog()
  const accounts = Array.from({ length: count }, () => scriptedAccount(log))
  const read = () => readSideOf(subject(), log.keyStore)
  const says = async (by: number, type: AccountEvent['type'], data: Readonly<Record<string, unknown>>): Promise<void> => {
    const event = await accounts[by]?.says(type, data)
    if (event !== undefined) await projectAll(subject(), log.keyStore, [event])
  }
  const id = (index: number): string => accounts[index]?.id ?? uuidv7()
  return {
    log, id, read, says,
    of: (by: number, type: AccountEvent['type'], other: number, more = {}) => says(by, type, { userId: id(other), ...more }),
    relation: async (viewer: number, author: number) => (await answer(subject().audience.relations(id(viewer), [id(author)])))[0],
    listed: async (by: number, list: ListedAccounts) => (await answer(read().listedAccounts(id(by), list, { limit: 200 }))).accounts,
  }
}

export const audience = (subject: () => OpenReadModels): void => {
  describe('audience', () => {
    it('P1: strangers are strangers, in whatever number and order they are asked for', async () => {
      const [viewer, one, other] = [uuidv7(), uuidv7(), uuidv7()]
      expect(await answer(subject().audience.relations(viewer, []))).toEqual([])
      expect(await answer(subject().audience.relations(viewer, [one, viewer, other, one]))).toEqual([stranger, stranger, stranger, stranger])
    })

    it('P1: each relation begins and ends with its event, on its own side', async () => {
      const { of, relation } = world(subject, 2)
      const rows = [
        [() => of(0, 'UserFollowed', 1), { follows: true }, {}], [() => of(0, 'UserUnfollowed', 1), {}, {}],
        [() => of(1, 'CloseFriendAdded', 0), { closeFriend: true }, {}], [() => of(1, 'CloseFriendRemoved', 0), {}, {}],
        [() => of(0, 'UserBlocked', 1), { blocked: true }, { blocked: true }], [() => of(0, 'UserUnblocked', 1), {}, {}],
        [() => of(1, 'UserBlocked', 0), { blocked: true }, { blocked: true }], [() => of(1, 'UserUnblocked', 0), {}, {}],
        [() => of(1, 'StoriesHiddenFrom', 0, { hidden: true }), { hidden: true }, {}], [() => of(1, 'StoriesHiddenFrom', 0, { hidden: false }), {}, {}],
        [() => of(0, 'StoriesMuted', 1, { muted: true }), { muted: true }, {}], [() => of(0, 'StoriesMuted', 1, { muted: false }), {}, {}],
      ] as const
      for (const [happens, seen, seenBack] of rows) {
        await happens()
        expect([await relation(0, 1), await relation(1, 0)]).toEqual([{ ...stranger, ...seen }, { ...stranger, ...seenBack }])
      }
    })

    it('P1: one look-up answers for many authors, in the order asked', async () => {
      const { id, of } = world(subject, 4)
      await of(0, 'UserFollowed', 3)
      await of(1, 'CloseFriendAdded', 0)
      const relations = await answer(subject().audience.relations(id(0), [id(1), id(2), id(3), id(1)]))
      expect(relations).toEqual([{ ...stranger, closeFriend: true }, stranger, { ...stranger, follows: true }, { ...stranger, closeFriend: true }])
    })

    it('L2: older events that come again bring nothing back', async () => {
      const { log, of, relation, says, id, read } = world(subject, 2)
      await of(0, 'UserBlocked', 1)
      await of(0, 'UserUnblocked', 1)
      await of(0, 'UserBlocked', 1)
      await says(0, 'LastSeenChanged', { visibleTo: 'contacts' })
      await says(0, 'LastSeenChanged', { visibleTo: 'nobody' })
      await projectAll(subject(), log.keyStore, log.events.slice(0, 2))
      await projectAll(subject(), log.keyStore, log.events.slice(3, 4))
      expect(await relation(1, 0)).toEqual({ ...stranger, blocked: true })
      expect((await answer(read().settings(id(0)))).lastSeen).toBe('nobody')
      await projectAll(subject(), log.keyStore, log.events)
      expect(await relation(1, 0)).toEqual({ ...stranger, blocked: true })
    })

    it('authors for a tray: followed ones and those who hold the viewer as a close friend, none that would not be shown, muted ones too, the newest first', async () => {
      const { id, of } = world(subject, 9)
      for (const author of [1, 2, 3, 4, 5]) await of(0, 'UserFollowed', author)
      for (const author of [2, 6]) await of(author, 'CloseFriendAdded', 0)
      await of(7, 'UserFollowed', 0)
      await of(0, 'CloseFriendAdded', 8)
      await of(3, 'StoriesHiddenFrom', 0, { hidden: true })
      await of(0, 'StoriesMuted', 4, { muted: true })
      await of(5, 'UserBlocked', 0)
      const authors = (limit: number) => answer(subject().audience.authorsFor(id(0), limit))
      expect(await authors(50)).toEqual([id(6), id(2), id(4), id(1)])
      expect(await authors(2)).toEqual([id(6), id(2)])
      expect(await answer(subject().audience.authorsFor(id(8), 50))).toEqual([id(0)])
    })

    it('an account sees its own lists; followers that it blocked are left out, and that it was blocked does not show', async () => {
      const { id, of, listed } = world(subject, 4)
      for (const other of [1, 2, 3]) {
        await of(0, 'UserFollowed', other)
        await of(other, 'UserFollowed', 0)
      }
      await of(0, 'CloseFriendAdded', 1)
      await of(0, 'StoriesHiddenFrom', 2, { hidden: true })
      await of(0, 'StoriesMuted', 3, { muted: true })
      await of(0, 'UserBlocked', 2)
      await of(0, 'UserUnfollowed', 2)
      await of(3, 'UserBlocked', 0)
      expect(await listed(0, 'following')).toEqual([id(3), id(1)])
      expect(await listed(0, 'followers')).toEqual([id(3), id(1)])
      expect(await listed(0, 'closeFriends')).toEqual([id(1)])
      expect(await listed(0, 'blocked')).toEqual([id(2)])
      expect(await listed(0, 'hiddenFrom')).toEqual([id(2)])
      expect(await listed(0, 'muted')).toEqual([id(3)])
      expect(await listed(2, 'following'), 'who was blocked is told nothing').toEqual([id(0)])
      for (const list of ['closeFriends', 'blocked', 'hiddenFrom', 'muted'] as const) expect(await listed(1, list)).toEqual([])
    })

    it('pages go on where the one before ended; a cursor that is none is refused', async () => {
      const { id, of, read } = world(subject, 6)
      for (const other of [1, 2, 3, 4, 5]) await of(0, 'UserFollowed', other)
      const page = (before?: string) => answer(read().listedAccounts(id(0), 'following', { limit: 2, ...(before === undefined ? {} : { before }) }))
      const first = await page()
      const second = await page(first.next)
      const third = await page(second.next)
      expect([first, second, third].flatMap(({ accounts }) => accounts)).toEqual([5, 4, 3, 2, 1].map(id))
      expect([first.next, second.next, third.next].map((next) => next !== undefined)).toEqual([true, true, false])
      expect(await refusal(read().listedAccounts(id(0), 'following', { limit: 2, before: 'none' }))).toMatchObject({ status: 400 })
    })

    it('settings: everything is told and seen until something else is chosen', async () => {
      const { id, says, read } = world(subject, 1)
      const all = notificationKinds.map((kind) => ({ kind, enabled: true }))
      expect(await answer(read().settings(id(0)))).toEqual({ notifications: all, lastSeen: 'everyone' })
      for (const enabled of [false, true, false]) await says(0, 'NotificationsChanged', { kind: 'reply', enabled })
      await says(0, 'NotificationsChanged', { kind: 'mention', enabled: false })
      await says(0, 'NotificationsChanged', { kind: 'mention', enabled: true })
      await says(0, 'LastSeenChanged', { visibleTo: 'contacts' })
      expect(await answer(read().settings(id(0)))).toEqual({ notifications: all.map(({ kind }) => ({ kind, enabled: kind !== 'reply' })), lastSeen: 'contacts' })
    })

    it(`P1: ${RANDOM_RUNS} random histories, in batches: every relation is what the latest events say`, async () => {
      const [people, types] = [4, ['UserFollowed', 'UserUnfollowed', 'CloseFriendAdded', 'CloseFriendRemoved', 'UserBlocked', 'UserUnblocked', 'StoriesHiddenFrom', 'StoriesMuted'] as const]
      const step = fc.record({ by: fc.nat(people - 1), type: fc.constantFrom(...types), other: fc.nat(people - 1), on: fc.boolean() }).filter(({ by, other }) => by !== other)
      await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 60, size: 'max' }), fc.integer({ min: 1, max: 30 }), async (steps, batch) => {
        const { log, id } = world(subject, people)
        const accounts = Array.from({ length: people }, (_, index) => scriptedAccount(log, id(index)))
        const stands = new Map<string, boolean>()
        for (const { by, type, other, on } of steps) {
          const data = { userId: id(other), ...(type === 'StoriesHiddenFrom' ? { hidden: on } : type === 'StoriesMuted' ? { muted: on } : {}) }
          await accounts[by]?.says(type, data)
          const begins = type === 'StoriesHiddenFrom' || type === 'StoriesMuted' ? on : ['UserFollowed', 'CloseFriendAdded', 'UserBlocked'].includes(type)
          stands.set(`${type.replace('Un', '').replace(/(ollow|lock)ed/, '$1').replace(/(Added|Removed)/, '').toLowerCase()} ${by} ${other}`, begins)
        }
        for (let from = 0; from < log.events.length; from += batch) await projectAll(subject(), log.keyStore, log.events.slice(from, from + batch))
        const is = (what: string, by: number, other: number): boolean => stands.get(`${what} ${by} ${other}`) === true
        for (let viewer = 0; viewer < people; viewer += 1) {
          const authors = [0, 1, 2, 3]
          expect(await answer(subject().audience.relations(id(viewer), authors.map(id)))).toEqual(authors.map((author) => ({
            follows: is('userfollow', viewer, author), closeFriend: is('closefriend', author, viewer),
            blocked: is('userblock', viewer, author) || is('userblock', author, viewer),
            hidden: is('storieshiddenfrom', author, viewer), muted: is('storiesmuted', viewer, author),
          })))
        }
      }), { numRuns: RANDOM_RUNS, endOnFailure: true })
    })
  })
}
