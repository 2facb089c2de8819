import { uuidv7 } from 'uuidv7'
import { describe, expect, it } from 'vitest'
import { directConversationId } from '../../../events/ids.js'
import type { AccountEvent } from '../../../events/registry.js'
import { conversationStream } from '../../../events/streams.js'
import { scriptedAccount, scriptedLog } from './history.js'
import type { OpenReadModels } from './subject.js'
import { answer, projectAll } from './subject.js'

/** Registered accounts on one log, and everything projected after each step. */
const world = async (subject: () => OpenReadModels, count: number) => {
  const log = scriptedLog()
  const accounts = Array.from({ length: count }, () => scriptedAccount(log))
  const project = (event: Awaited<ReturnType<typeof log.append>>) => projectAll(subject(), log.keyStore, [event])
  for (const [index, account] of accounts.entries()) await project(await account.register({ handle: `seen_${index}_${account.id.slice(-6)}`, name: 'Seen' }))
  const account = (index: number) => accounts[index] ?? scriptedAccount(log)
  const id = (index: number): string => account(index).id
  return {
    log, id, project, account,
    says: async (by: number, type: AccountEvent['type'], data: Readonly<Record<string, unknown>>) => project(await account(by).says(type, data)),
    talk: async (one: number, other: number) => {
      const direct = conversationStream(directConversationId(id(one), id(other)))
      await project(await log.append(direct, { actor: id(one) }, { type: 'ConversationCreated', data: { kind: 'direct', encryption: 'readable', history: 'shared', creator: id(one) } }))
    },
    may: async (...pairs: ReadonlyArray<readonly [viewer: number, account: number]>) =>
      answer(subject().lastSeenRule.mayKnow(pairs.map(([viewer, other]) => ({ viewer: id(viewer), account: id(other) })))),
  }
}

export const lastSeen = (subject: () => OpenReadModels): void => {
  describe('who may know when an account was seen last', () => {
    it('everybody, until the account chooses otherwise; answers in the order asked', async () => {
      const { id, may, says } = await world(subject, 3)
      expect(await may()).toEqual([])
      await says(1, 'LastSeenChanged', { visibleTo: 'nobody' })
      expect(await may([0, 1], [0, 2], [2, 1], [0, 2])).toEqual([false, true, false, true])
      await says(1, 'LastSeenChanged', { visibleTo: 'everyone' })
      expect(await may([0, 1])).toEqual([true])
      expect(await answer(subject().lastSeenRule.mayKnow([{ viewer: id(0), account: uuidv7() }])), 'nobody is there').toEqual([false])
    })

    it('contacts: whom the account follows, or talks to; not who follows it', async () => {
      const { may, says, talk, id } = await world(subject, 5)
      await says(0, 'LastSeenChanged', { visibleTo: 'contacts' })
      await says(0, 'UserFollowed', { userId: id(1) })
      await says(2, 'UserFollowed', { userId: id(0) })
      await talk(3, 0)
      expect(await may([1, 0], [2, 0], [3, 0], [4, 0])).toEqual([true, false, true, false])
      await says(0, 'UserUnfollowed', { userId: id(1) })
      expect(await may([1, 0])).toEqual([false])
    })

    it('P4: not where one blocked the other, either way, contacts too', async () => {
      const { may, says, talk, id } = await world(subject, 2)
      await says(0, 'LastSeenChanged', { visibleTo: 'contacts' })
      await talk(0, 1)
      expect(await may([0, 1], [1, 0])).toEqual([true, true])
      await says(1, 'UserBlocked', { userId: id(0) })
      expect(await may([0, 1], [1, 0])).toEqual([false, false])
      await says(1, 'UserUnblocked', { userId: id(0) })
      expect(await may([0, 1], [1, 0])).toEqual([true, true])
    })

    it('who hides its own from everybody knows of nobody', async () => {
      const { may, says } = await world(subject, 2)
      await says(0, 'LastSeenChanged', { visibleTo: 'nobody' })
      expect(await may([0, 1], [1, 0])).toEqual([false, false])
      await says(0, 'LastSeenChanged', { visibleTo: 'contacts' })
      expect(await may([0, 1], [1, 0])).toEqual([true, false])
    })

    it('X21: of a forgotten account nothing is known', async () => {
      const { log, id, project } = await world(subject, 1)
      const gone = scriptedAccount(log)
      const registered = await gone.register({ handle: `gone_${gone.id.slice(-6)}`, name: 'Gone' })
      await gone.forget()
      await project(registered)
      expect(await answer(subject().lastSeenRule.mayKnow([{ viewer: id(0), account: gone.id }]))).toEqual([false])
    })
  })
}
