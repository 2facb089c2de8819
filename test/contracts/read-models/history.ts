import * as E from 'fp-ts/lib/Either.js'
import { uuidv7 } from 'uuidv7'
import { memoryKeyStore } from '../../../adapters/memory/key-store.js'
import { canonicalBytes } from '../../../events/canonical.js'
import { encode } from '../../../events/codec.js'
import type { Position, RecordedEvent, StreamName } from '../../../events/event-store.js'
import type { KeyStore } from '../../../events/key-store.js'
import type { AccountEvent, AnyEvent } from '../../../events/registry.js'
import type { Role } from '../../../events/schemas/common.js'
import type { Encryption, History } from '../../../events/schemas/conversation.js'
import type { Tier } from '../../../events/schemas/stories.js'
import { seal } from '../../../events/sealing.js'
import { accountStream, conversationStream, receiptsStream, storiesStream } from '../../../events/streams.js'
import type { Profile } from '../../../events/wire/commands.js'

const POSITION_DIGITS = 20
const FIRST_AT = 1_790_000_000_000

export const right = <A>(answer: E.Either<unknown, A>): A => {
  if (E.isLeft(answer)) throw new Error(`expected an answer: ${JSON.stringify(answer.left)}`)
  return answer.right
}

interface Draft {
  readonly type: AnyEvent['type']
  readonly data: Readonly<Record<string, unknown>>
  /** What is sealed under `data.unit`. */
  readonly content?: unknown
}

/** Who asks, and its counter where the command has one. */
export interface By {
  readonly actor: string
  readonly device?: string
  readonly counter?: number
}

/** A log in memory whose contents are really sealed. Events carry consecutive positions, one millisecond apart. */
export interface ScriptedLog {
  readonly keyStore: KeyStore
  readonly events: ReadonlyArray<RecordedEvent>
  readonly append: (stream: StreamName, by: By, draft: Draft) => Promise<RecordedEvent>
}

export const scriptedLog = (keyStore: KeyStore = memoryKeyStore(), firstPosition = 1): ScriptedLog => {
  const events: RecordedEvent[] = []
  const revisions = new Map<StreamName, bigint>()

  const sealed = async (stream: StreamName, eventId: string, { type, data, content }: Draft) => {
    if (content === undefined) return { data, bytes: undefined }
    const [unit] = right(await keyStore.obtain([{ unit: String(data['unit']), owner: stream }])())
    if (unit?._tag !== 'Living') throw new Error('a forgotten unit seals nothing')
    const made = seal(unit.key, { stream, eventId, type }, right(canonicalBytes(content)))
    return { data: { ...data, digest: made.digest }, bytes: made.sealed }
  }

  const append: ScriptedLog['append'] = async (stream, { actor, device, counter }, draft) => {
    const [id, number] = [uuidv7(), firstPosition + events.length]
    const { data, bytes } = await sealed(stream, id, draft)
    const metadata = {
      recordedAt: FIRST_AT + number, actor, device: device ?? null, command: counter === undefined ? null : { counter }, correlation: uuidv7(), previous: null,
    }
    const event = right(encode(id, { type: draft.type, data } as AnyEvent, metadata, bytes))
    const revision = (revisions.get(stream) ?? -1n) + 1n
    const recorded = {
      ...event, data: new Uint8Array(event.data), metadata: new Uint8Array(event.metadata), sealed: event.sealed && new Uint8Array(event.sealed),
      stream, revision, position: String(number).padStart(POSITION_DIGITS, '0') as Position,
    }
    revisions.set(stream, revision)
    events.push(recorded)
    return recorded
  }
  return { keyStore, events, append }
}

export interface ScriptedMessage {
  readonly target: number
  readonly messageId: string
}

/** A conversation that writes to the log; every call appends one event and answers it. */
export const scriptedConversation = (log: ScriptedLog, id = uuidv7()) => {
  const stream = conversationStream(id)
  const append = (by: By | string, type: Draft['type'], data: Draft['data'], content?: unknown) =>
    log.append(stream, typeof by === 'string' ? { actor: by } : by, { type, data, ...(content === undefined ? {} : { content }) })
  const unitOf = ({ messageId }: ScriptedMessage) => ({ unit: messageId })
  const about = ({ target, messageId }: ScriptedMessage) => ({ target, messageId })
  const reactionKey = (text: string) => Buffer.from(text.padEnd(16, '.')).toString('base64url').slice(0, 22)
  return {
    id,
    stream,
    create: (creator: string, history: History = 'shared', encryption: Encryption = 'readable') =>
      append(creator, 'ConversationCreated', { kind: 'group', encryption, history, creator }),
    add: (by: string, userId: string, role: Role = 'member') => append(by, 'MemberAdded', { userId, role }),
    remove: (by: string, userId: string) => append(by, 'MemberRemoved', { userId }),
    leave: (userId: string) => append(userId, 'MemberLeft', { userId }),
    role: (by: string, userId: string, role: Role) => append(by, 'RoleChanged', { userId, role }),
    rename: (by: string, text: string) => append(by, 'ConversationRenamed', { unit: id }, { text }),
    epoch: (by: string) => append(by, 'KeyEpochStarted', { epoch: 1, wraps: 'w'.repeat(43), signature: 's'.repeat(86) }),
    send: async (by: By | string, text: string, more: Draft['data'] = {}): Promise<ScriptedMessage & { readonly event: RecordedEvent }> => {
      const messageId = uuidv7()
      const event = await append(by, 'MessageSent', { messageId, unit: messageId, ...more }, { text })
      return { target: Number(event.revision), messageId, event }
    },
    edit: (by: string, message: ScriptedMessage, text: string, more: Draft['data'] = {}) =>
      append(by, 'MessageEdited', { ...about(message), ...unitOf(message), ...more }, { text }),
    /** Forgets the content too, as the command side does. */
    delete: async (by: string, message: ScriptedMessage) => {
      right(await log.keyStore.destroy([message.messageId])())
      return append(by, 'MessageDeleted', { ...about(message), ...unitOf(message) })
    },
    react: (by: string, message: ScriptedMessage, text: string, more: Draft['data'] = {}) =>
      append(by, 'ReactionAdded', { ...about(message), ...unitOf(message), reaction: reactionKey(text), ...more }, { text }),
    unreact: (by: string, message: ScriptedMessage, text: string) => append(by, 'ReactionRemoved', { ...about(message), reaction: reactionKey(text) }),
    pin: (by: string, message: ScriptedMessage) => append(by, 'MessagePinned', about(message)),
    unpin: (by: string, message: ScriptedMessage) => append(by, 'MessageUnpinned', about(message)),
    read: (userId: string, through: number) =>
      log.append(receiptsStream(id), { actor: userId }, { type: 'ReadAdvanced', data: { userId, through } }),
    mute: (userId: string, muted: boolean) => log.append(receiptsStream(id), { actor: userId }, { type: 'MuteChanged', data: { userId, muted } }),
  }
}

export type ScriptedConversation = ReturnType<typeof scriptedConversation>

/** An account that writes to the log. */
export const scriptedAccount = (log: ScriptedLog, id = uuidv7()) => {
  const append = (draft: Draft) => log.append(accountStream(id), { actor: id }, draft)
  return {
    id,
    register: (profile: Profile) => append({ type: 'AccountRegistered', data: { unit: id }, content: profile }),
    change: (profile: Profile) => append({ type: 'ProfileChanged', data: { unit: id }, content: profile }),
    addDevice: (deviceId: string) => append({ type: 'DeviceRegistered', data: { deviceId } }),
    revokeDevice: (deviceId: string) => append({ type: 'DeviceRevoked', data: { deviceId } }),
    /** An event about another account, or about the account's own settings. */
    says: (type: AccountEvent['type'], data: Draft['data']) => append({ type, data }),
    readNotifications: (through: string, cleared = false) =>
      log.append(receiptsStream(id), { actor: id }, { type: 'NotificationsRead', data: { through, cleared } }),
    post: async (mentions: ReadonlyArray<string>, tier: Tier = 'public') => {
      const storyId = uuidv7()
      await log.append(storiesStream(id), { actor: id }, { type: 'StoryPosted', data: { storyId, tier, unit: storyId, ...(mentions.length > 0 && { mentions }) }, content: { text: 'a story' } })
      return storyId
    },
    endStory: (storyId: string, how: 'StoryDeleted' | 'StoryExpired') =>
      log.append(storiesStream(id), { actor: how === 'StoryDeleted' ? id : 'system' }, { type: how, data: { storyId, unit: storyId } }),
    forget: async () => right(await log.keyStore.destroy([id])()),
  }
}
