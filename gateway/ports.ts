import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { CommittedBatch } from '../events/committed.js'
import type { Position } from '../events/event-store.js'
import type { CloseReason } from '../events/wire/close-codes.js'
import type { Problem } from '../events/wire/answers.js'
import type { Notification } from '../events/wire/notification.js'
import type { ServerFrame } from '../events/wire/frames.js'

/** Hears what projectors committed, at most once: holes are found by `after`/`through` and by revision. */
export interface FanOut {
  /** Batches in order per partition until the returned function is called. */
  readonly listen: (hear: (batch: CommittedBatch) => void) => Promise<() => Promise<void>>
  /** Called when batches may have been missed (a lost connection that is back): look at the heads. */
  readonly onGap: (notice: () => void) => void
}

/** One accepted socket. Text frames only. */
export interface Socket {
  /** Queues a frame; returns the bytes that wait in this socket after it. Never throws, also on a closed socket. */
  readonly send: (frame: string | Uint8Array) => number
  readonly close: (reason: CloseReason) => void
  /** Runs the sends of `work` so that they leave in one write. */
  readonly batched: (work: () => void) => void
  readonly remoteAddress: string
}

export interface SocketHandlers {
  /** `bearer` is the token of the upgrade's Authorization header or `tidings.bearer.<token>` subprotocol, if any. */
  readonly opened: (socket: Socket, upgrade: { readonly bearer: string | undefined }) => void
  readonly received: (socket: Socket, frame: string) => void
  /** What waited for the socket has left; `bytes` still wait. */
  readonly drained: (socket: Socket, bytes: number) => void
  readonly closed: (socket: Socket) => void
}

/** Accepts sockets on one port. Origins outside the allow list are refused before the upgrade. */
export interface SocketServer {
  readonly listen: (handlers: SocketHandlers) => Promise<{ readonly port: number; readonly close: () => Promise<void> }>
}

export interface Identity {
  readonly account: string
  /** Milliseconds since 1970 when the token ends: the socket closes at most 5 s later. */
  readonly expiresAt: number
  readonly tokenId: string | undefined
}

/** Who a token speaks for. Checks what security.md lists: algorithm, key, issuer, audience, times, type, deny list. */
export interface Authenticator {
  readonly identify: (token: string) => TaskEither<Problem, Identity>
  /** Which of these token ids were revoked since (signed out, say): asked for open sockets every few seconds. */
  readonly revoked: (tokenIds: ReadonlyArray<string>) => TaskEither<Problem, ReadonlySet<string>>
}

/** What came up to `through` has reached a device of the account, and up to `after` was told before: -1 if nothing is known of that. */
export interface Delivery {
  readonly type: 'delivered'
  readonly conversation: string
  readonly userId: string
  readonly after: number
  readonly through: number
}

/** Something that is worth telling now and nothing later; `presence`: look at the account again. */
export type Signal = Extract<ServerFrame, { readonly type: 'typing' }> | Delivery | { readonly type: 'presence'; readonly userId: string }

/** Signals between gateways, at most once and beside the log. */
export interface Signals {
  /** To every gateway that listens, this one included. Never waits, never throws; dropped while they cannot be sent. */
  readonly publish: (signals: ReadonlyArray<Signal>) => void
  /** Never within a call of `publish`. Until the returned function is called. */
  readonly listen: (hear: (signals: ReadonlyArray<Signal>) => void) => Promise<() => Promise<void>>
}

export interface PresenceUnavailable {
  readonly _tag: 'PresenceUnavailable'
  readonly retryAfterMs: number
  readonly reason: string
}

/**
 * Until when accounts are online, as gateways say and say again: what a gateway said runs out by itself when it dies. Times
 * are milliseconds since 1970 by the gateways' clocks.
 */
export interface PresenceStore {
  /** The accounts are online at this gateway until then. What it said of them before is replaced, by an earlier time too. */
  readonly say: (gateway: string, accounts: ReadonlyArray<string>, until: number) => TaskEither<PresenceUnavailable, void>
  /** The latest time that any gateway said: still to come while the account is online, else when it was seen last. Others are left out. */
  readonly until: (accounts: ReadonlyArray<string>) => TaskEither<PresenceUnavailable, ReadonlyMap<string, number>>
}

/** Somebody who wants to know of an account whether it is online and when it was seen last. */
export interface Glance {
  readonly viewer: string
  readonly account: string
}

export interface LastSeenRule {
  /**
   * For each in the order asked: whether the account's setting lets the viewer know. Not where one of the two blocked the
   * other, nor when the viewer hides its own from everybody, nor of an account that is not there.
   */
  readonly mayKnow: (glances: ReadonlyArray<Glance>) => TaskEither<PresenceUnavailable, ReadonlyArray<boolean>>
}

/** Where a browser is reached while no socket is open, as its Push API made it. */
export interface PushSubscription {
  readonly endpoint: string
  /** Base64url: the browser's P-256 key and its secret (RFC 8291). */
  readonly keys: { readonly p256dh: string; readonly auth: string }
}

export type PushFailure =
  /** It does not come back: forget the subscription. */
  | { readonly _tag: 'SubscriptionGone' }
  /** The same again would be refused again. */
  | { readonly _tag: 'PushRefused'; readonly reason: string }
  | { readonly _tag: 'PushUnavailable'; readonly retryAfterMs: number; readonly reason: string }

/**
 * Hands notifications to the push service of a subscription, readable by that browser only. At least once: after
 * `PushUnavailable` it may have been taken. The service holds one message for each notification's id while it cannot deliver.
 */
export interface PushProvider {
  readonly push: (subscription: PushSubscription, notification: Notification) => TaskEither<PushFailure, void>
}

export interface DeviceOfAccount {
  readonly account: string
  readonly device: string
}

export interface PushStoreUnavailable {
  readonly _tag: 'PushStoreUnavailable'
  readonly retryAfterMs: number
  readonly reason: string
}

/** A notification on its way to one browser. */
export interface WaitingPush extends DeviceOfAccount {
  readonly notification: string
  readonly position: Position
  /** When what it tells of was recorded. */
  readonly at: number
  /** How often it was claimed, this time included. */
  readonly attempts: number
  readonly subscription: PushSubscription
}

/** What a batch of the log brings for browsers that are pushed to. */
export interface PushBatch {
  readonly partition: number
  /** Of the feed. */
  readonly partitions: number
  readonly through: Position
  readonly notices: ReadonlyArray<{ readonly id: string; readonly account: string; readonly position: Position; readonly at: number }>
  readonly revoked: ReadonlyArray<DeviceOfAccount>
}

/** Browsers that are pushed to, and what waits for each of them. Times are milliseconds since 1970. */
export interface PushStore {
  /**
   * Replaces what the device had. An account has `limits.pushSubscriptions` at most: the oldest goes. An endpoint is its who
   * named it last: of a browser in which somebody else signed in.
   */
  readonly subscribe: (owner: DeviceOfAccount, subscription: PushSubscription, now: number) => TaskEither<PushStoreUnavailable, void>
  /** What waits for it goes along. Idempotent. */
  readonly unsubscribe: (owner: DeviceOfAccount) => TaskEither<PushStoreUnavailable, void>
  /** After which position the partition's batches go on. */
  readonly place: (partition: number, partitions: number) => TaskEither<PushStoreUnavailable, Position | 'start'>
  /** Revoked devices are unsubscribed; each notice then waits for every browser of its account. A batch that comes again adds nothing. */
  readonly take: (batch: PushBatch, now: number) => TaskEither<PushStoreUnavailable, void>
  /** What is due, the longest due first; due again at `until` unless it is settled or deferred before. No two callers get the same meanwhile. */
  readonly claim: (due: { readonly now: number; readonly until: number; readonly limit: number }) => TaskEither<PushStoreUnavailable, ReadonlyArray<WaitingPush>>
  readonly settle: (pushes: ReadonlyArray<WaitingPush>) => TaskEither<PushStoreUnavailable, void>
  readonly defer: (push: WaitingPush, until: number) => TaskEither<PushStoreUnavailable, void>
}
