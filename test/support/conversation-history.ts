import { directConversationId, derivedId } from '../../events/ids.js'
import type { ConversationEvent } from '../../events/registry.js'
import type { Role } from '../../events/schemas/common.js'
import type { ConversationKind, Encryption, History } from '../../events/schemas/conversation.js'
import type { Fact } from '../../command-side/handling/draft.js'
import type { TargetFacts } from '../../command-side/ports.js'

// Words for the specs of the conversation: people, and what has happened so far.

const person = (name: string): string => derivedId('spec', name)
export const anna = person('anna')
export const bruno = person('bruno')
export const carla = person('carla')
export const group = '01890a5d-ac96-774b-bcce-b302099a8057'
export const direct = directConversationId(anna, bruno)

type Happened = Fact<ConversationEvent>

export const created = (encryption: Encryption = 'readable', history: History = 'shared', kind: ConversationKind = 'group') =>
  ({ type: 'ConversationCreated', data: { kind, encryption, history, creator: anna } }) as const
export const added = (userId: string, role: Role = 'member') => ({ type: 'MemberAdded', data: { userId, role } }) as const
export const removed = (userId: string) => ({ type: 'MemberRemoved', data: { userId } }) as const
export const left = (userId: string) => ({ type: 'MemberLeft', data: { userId } }) as const
export const roleChanged = (userId: string, role: Role) => ({ type: 'RoleChanged', data: { userId, role } }) as const
export const sent = (messageId: string) => ({ type: 'MessageSent', data: { messageId, unit: messageId } }) as const

/** A group of Anna, its admin, and Bruno: revisions 0 to 2. */
export const annaAndBruno = (encryption?: Encryption, history?: History): ReadonlyArray<Happened> => [
  created(encryption, history), added(anna, 'admin'), added(bruno),
]
/** The direct conversation of Anna and Bruno: revisions 0 to 2. */
export const directOfBoth: ReadonlyArray<Happened> = [created('readable', 'shared', 'direct'), added(anna), added(bruno)]

export const message = '01890a5d-ac96-774b-bcce-b302099a8058'
/** What is known of `message`, sent by Bruno at revision 3. */
export const facts = (more: Partial<TargetFacts> = {}): TargetFacts => ({
  sequence: 3, messageId: message, sender: bruno, unit: message, deleted: false, reactions: new Set(), mentions: new Map(), ...more,
})
