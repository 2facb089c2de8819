import * as E from 'fp-ts/lib/Either.js'
import { LRUCache } from 'lru-cache'
import { derivedId } from '../../events/ids.js'
import { receiptsStream } from '../../events/streams.js'
import type { Acknowledgement } from '../../events/wire/answers.js'
import type { MarkNotificationsRead } from '../../events/wire/commands.js'
import { problem } from '../../events/wire/problems.js'
import type { Accounts } from './accounts.js'
import { appendOne, unsealed } from './append-one.js'
import type { Answer } from './deciding.js'
import type { CommandSideDependencies } from './dependencies.js'

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
  const appendTo = appendOne(deps)
  const known = new LRUCache<string, Mark>({ max: KNOWN_MARKS })

  const append = (account: string, { through, clear }: MarkNotificationsRead): Promise<Answer> => {
    const data = { through, cleared: clear === true }
    const id = derivedId('notifications read', account, through, String(data.cleared))
    return appendTo(receiptsStream(account), { account, device: null }, unsealed(id, { type: 'NotificationsRead', data }))
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
