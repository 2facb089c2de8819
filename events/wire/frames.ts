import Type, { type Static } from 'typebox'
import { Id } from '../ids.js'
import { limits } from '../limits.js'
import { closed, Sequence } from '../schemas/common.js'
import { Acknowledgement, DeliveredEvent, Problem } from './answers.js'
import { ConversationCommand, Counter } from './commands.js'
import { Notification } from './notification.js'

// The frames of the gateway (docs/protocol.md, docs/asyncapi.json). One JSON text frame each, at most 64 KiB inbound.

const frame = <T extends string, P extends Record<string, Type.TSchema>>(type: T, properties: P) =>
  closed({ type: Type.Literal(type), ...properties })

/** The client's number for a request; the answer carries it again. */
const RequestId = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })
const SyncToken = Type.String({ maxLength: 1024, description: 'sealed low watermark of what this device was sent' })

export const clientFrames = {
  /** First frame. `token` is the access token unless the upgrade carried it; `sync` asks for what was missed. */
  hello: frame('hello', { token: Type.Optional(Type.String({ maxLength: 4096 })), device: Id, sync: Type.Optional(SyncToken) }),
  command: frame('command', { request: RequestId, conversation: Id, counter: Counter, command: ConversationCommand }),
  read: frame('read', { request: RequestId, conversation: Id, through: Sequence }),
  mute: frame('mute', { request: RequestId, conversation: Id, muted: Type.Boolean() }),
  /** Signals are not answered: what cannot be told now is worth nothing later. */
  typing: frame('typing', { conversation: Id }),
  delivered: frame('delivered', { conversation: Id, through: Sequence }),
  /** The accounts whose presence this session wants to be told; replaces those before. */
  watch: frame('watch', { accounts: Type.Array(Id, { maxItems: limits.watchedAccounts, uniqueItems: true }) }),
  ping: frame('ping', {}),
  pong: frame('pong', {}),
  bye: frame('bye', {}),
}
export const ClientFrame = Type.Union([
  clientFrames.hello,
  clientFrames.command,
  clientFrames.read,
  clientFrames.mute,
  clientFrames.typing,
  clientFrames.delivered,
  clientFrames.watch,
  clientFrames.ping,
  clientFrames.pong,
  clientFrames.bye,
])
export type ClientFrame = Static<typeof ClientFrame>

/** How far each of some members has come. */
const MembersThrough = Type.Array(closed({ userId: Id, through: Sequence }), { minItems: 1, maxItems: limits.membersPerFrame })

export const serverFrames = {
  welcome: frame('welcome', { session: Id, heartbeatMs: Type.Integer(), deadAfterMs: Type.Integer() }),
  event: frame('event', { event: DeliveredEvent }),
  /** Read markers of these members moved: states, not events of the conversation. */
  read: frame('read', { conversation: Id, members: MembersThrough }),
  typing: frame('typing', { conversation: Id, userId: Id }),
  /** What came up to there has reached a device of each of these members. */
  delivered: frame('delivered', { conversation: Id, members: MembersThrough }),
  /** Of a watched account. `lastSeenAt` only while it is away; an account that hides it looks like one that was never here. */
  presence: frame('presence', { userId: Id, online: Type.Boolean(), lastSeenAt: Type.Optional(Type.Integer({ minimum: 0 })) }),
  /** What the account is told of. It may come again with the same id: each id counts once. */
  notification: frame('notification', { notification: Notification }),
  /** Everything before this frame was missed history; what follows is live. `sync` resumes from here. */
  caught_up: frame('caught_up', { sync: SyncToken }),
  /** A later place to resume from. */
  sync: frame('sync', { sync: SyncToken }),
  /** The token cannot be honoured: read the inbox and timelines again; live events follow after `caught_up`. */
  resync: frame('resync', { reason: Type.String() }),
  ack: frame('ack', { request: RequestId, ack: Acknowledgement }),
  refused: frame('refused', { request: RequestId, problem: Problem }),
  /** The gateway is going away: come back after so many milliseconds with the sync token. */
  reconnect: frame('reconnect', { afterMs: Type.Integer(), sync: Type.Optional(SyncToken) }),
  error: frame('error', { problem: Problem }),
  ping: frame('ping', {}),
  pong: frame('pong', {}),
}
export const ServerFrame = Type.Union([
  serverFrames.welcome,
  serverFrames.event,
  serverFrames.read,
  serverFrames.typing,
  serverFrames.delivered,
  serverFrames.presence,
  serverFrames.notification,
  serverFrames.caught_up,
  serverFrames.sync,
  serverFrames.resync,
  serverFrames.ack,
  serverFrames.refused,
  serverFrames.reconnect,
  serverFrames.error,
  serverFrames.ping,
  serverFrames.pong,
])
export type ServerFrame = Static<typeof ServerFrame>
