import * as E from 'fp-ts/lib/Either.js'
import { LRUCache } from 'lru-cache'
import { derivedId } from '../../events/ids.js'
import { receiptsStream } from '../../events/streams.js'
import type { Acknowledgement } from '../../events/wire/answers.js'
import type { MarkNotificationsRead } from '../../events/wire/commands.js'
import { problem } from '../../events/wire/problems.js'
import type { Accounts } from './accounts.js'
import { unavailable } from './answers.js'
import { appendSealed } from './append.js'
import { monotonic, type Answer } from './deciding.js'
import type { CommandSideDependencies } from './dependencies.js'
import { sealDrafts } from './seal-drafts.js'

const KNOWN_MARKS = 100_000

interface Mark {
  readonly through: string
  readonly ack: Acknowledgement
}

/**
 * Advances how far an account has read, or cleared, its notifications (ADR 17). Equal marks have equal event ids, so one that
 * is sent again is stored once; one at or before another that is known here is in effect already.
 */
export const notificationMarks = (deps: CommandSideDependencies, accounts: Accounts) => {
  const known = new LRUCache<string, Mark>({ max: KNOWN_MARKS })

  const append = async (account: string, { through, clear }: MarkNotificationsRead): Promise<Answer> => {
    const place = { stream: receiptsStream(account), after: undefined, chained: false }
    const recordedAt = deps.clock()
    const stamp = { recordedAt, actor: account, device: null, command: null, correlation: deps.newId() }
    const draft = { type: 'NotificationsRead', data: { through, cleared: clear === true } } as const
    const ids = [derivedId('notifications read', account, through, String(draft.data.cleared))]
    const keys = new Map<string, Uint8Array>()
    const sealing = { seal: () => sealDrafts(place, [draft], ids, keys, stamp), keys, renew: async () => E.right(keys), patient: true }
    const appended = await appendSealed(deps.eventStore, place, sealing, deps.elapsed ?? monotonic)
    if (E.isRight(appended)) {
      const { firstRevision, position } = appended.right.at
      return E.right({ sequence: Number(firstRevision), recordedAt, mentions: [], position })
    }
    if (appended.left._tag === 'StoreUnavailable') return E.left(unavailable(appended.left.retryAfterMs))
    throw new Error(`a mark of notifications was not appended: ${appended.left._tag}`)
  }

  return async (account: string, command: MarkNotificationsRead): Promise<Answer> => {
    if ((await accounts.unregistered([account])).length > 0) return E.left(problem('account-unknown'))
    const key = `${account} ${String(command.clear === true)}`
    const before = known.get(key)
    if (before !== undefined && command.through <= before.through) return E.right({ ...before.ack, unchanged: true })
    const answer = await append(account, command)
    if (E.isRight(answer)) known.set(key, { through: command.through, ack: answer.right })
    return answer
  }
}
