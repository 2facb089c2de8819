import type { Acknowledgement, DeliveredEvent, Problem } from '../events/wire/answers.js'
import type { ConversationCommand } from '../events/wire/commands.js'
import type { Notification } from '../events/wire/notification.js'

/** What does not fit: the content to its digest, or the event to the hash chain of the one before it. */
export type Tampering = 'content' | 'chain'

/**
 * What the application hears, in this order guarantee: per conversation by sequence, each event once. Called while a frame
 * is handled: they return soon and do not throw.
 */
export interface ClientHandlers {
  /** The event may be shared with other clients of the process: read it, never write to it. */
  readonly onEvent: (event: DeliveredEvent) => void
  /** What the account is told of, each `id` once while this client lives. */
  readonly onNotification?: (notification: Notification) => void
  readonly onRead?: (read: { readonly conversation: string; readonly userId: string; readonly through: number }) => void
  /** A member writes: it holds for a few seconds, and is said again while it goes on. */
  readonly onTyping?: (typing: { readonly conversation: string; readonly userId: string }) => void
  /** Events up to there have reached a device of the member; the furthest counts, and some are never told. */
  readonly onDelivered?: (delivered: { readonly conversation: string; readonly userId: string; readonly through: number }) => void
  /** Of a watched account; `lastSeenAt` (milliseconds since 1970) while it is away and lets the account know. */
  readonly onPresence?: (presence: { readonly userId: string; readonly online: boolean; readonly lastSeenAt: number | undefined }) => void
  /** The gateway could not tell what was missed: read inbox and timelines again. */
  readonly onResync?: (reason: string) => void
  readonly onState?: (state: ClientState) => void
  /** Called before `onEvent` of an event that fails verification: show it as such, or not at all. */
  readonly onTampered?: (event: DeliveredEvent, tampering: Tampering) => void
}

export type ClientState = 'connecting' | 'catching-up' | 'live' | 'waiting' | 'stopped'

/** A command that was refused for good; `problem` says what to do. Network trouble never rejects: the command waits. */
export class CommandRefused extends Error {
  override readonly name = 'CommandRefused'
  constructor(readonly problem: Problem) {
    super(`${problem.title}: ${problem.detail}`)
  }
}

/** The client was closed, or the gateway told it to stay away; what was queued may or may not have happened. */
export class ClientStopped extends Error {
  override readonly name = 'ClientStopped'
  constructor(readonly reason: string) {
    super(`the client has stopped: ${reason}`)
  }
}

/** More is waiting than the client may hold: nothing was queued; wait for acknowledgements, then call again. */
export class OutboxFull extends Error {
  override readonly name = 'OutboxFull'
  constructor(readonly limit: number) {
    super(`${limit} are waiting already`)
  }
}

export interface TidingsClient {
  /**
   * Queues a command; resolves once it is acknowledged (fsynced), through drops and resumes, exactly once. Commands of one
   * conversation are sent in the order of the calls, pipelined and numbered by the client, and settle in that order.
   * Rejects with `CommandRefused`, `OutboxFull` or `ClientStopped`.
   */
  readonly command: (conversation: string, command: ConversationCommand) => Promise<Acknowledgement>
  /** Only the furthest marker of a conversation is sent. Rejects as `command` does. */
  readonly markRead: (conversation: string, through: number) => Promise<void>
  /** Whether the conversation notifies the account, on all its devices. Rejects as `command` does. */
  readonly mute: (conversation: string, muted: boolean) => Promise<void>
  /** Call it while the user writes, as often as it comes: it is told now and then, and not at all without a live session. */
  readonly setTyping: (conversation: string) => void
  /** The accounts of which `onPresence` tells from now on, at most 200; again by each session. */
  readonly watchPresence: (accounts: ReadonlyArray<string>) => void
  /** Resolves when the session is live, or live again. Rejects with `ClientStopped`. */
  readonly live: () => Promise<void>
  /** Cuts the socket without a word, as a lost network does; it comes back by itself with its sync token. */
  readonly drop: () => void
  /** Ends the session; what is still queued rejects. */
  readonly close: () => Promise<void>
}
