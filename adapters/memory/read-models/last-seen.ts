import * as TE from 'fp-ts/lib/TaskEither.js'
import { directConversationId } from '../../../events/ids.js'
import { lastSeenByDefault, type LastSeenAudience } from '../../../events/schemas/account.js'
import type { Glance, LastSeenRule } from '../../../gateway/ports.js'
import { standing } from './audience.js'
import type { MemoryReadModels } from './readers.js'

/** By the read models as they are projected. */
export const memoryLastSeenRule = ({ audience, accounts, members }: Pick<MemoryReadModels, 'audience' | 'accounts' | 'members'>): LastSeenRule => {
  const stands = standing(audience)
  const visibleTo = (account: string): LastSeenAudience => audience.tables.current().lastSeen.get(account)?.visibleTo ?? lastSeenByDefault
  const isContact = ({ viewer, account }: Glance): boolean =>
    stands('follows', account, viewer) || members.tables.current().groups.get(directConversationId(viewer, account))?.created !== undefined
  const mayKnow = (glance: Glance): boolean => {
    const { viewer, account } = glance
    const isThere = accounts.tables.current().profiles.get(account)?.handleDigest !== undefined
    if (!isThere || visibleTo(viewer) === 'nobody' || stands('blocks', viewer, account) || stands('blocks', account, viewer)) return false
    return visibleTo(account) === 'everyone' || (visibleTo(account) === 'contacts' && isContact(glance))
  }
  return { mayKnow: (glances) => TE.fromIO(() => glances.map(mayKnow)) }
}
