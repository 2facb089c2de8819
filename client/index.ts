import type { Acknowledgement, DeliveredEvent, Problem } from '../events/wire/answers.js'
import type { ConversationCommand } from '../events/wire/commands.js'

/** What the application hears, in this order guarantee: per conversation by sequence, each event once. */
export interface ClientHandlers {
  readonly onEvent: (event: DeliveredEvent) => void
  readonly onRead?: (read: { readonly conversation: string; readonly userId: string; readonly through: number }) => void
  /** The gateway could not tell what was missed: read inbox and timelines again. */
  readonly onResync?: (reason: string) => void
  readonly onState?: (state: ClientState) => void
}

export type ClientState = 'connecting' | 'catching-up' | 'live' | 'waiting' | 'stopped'

/** A command that was refused for good; `problem` says what to do. Network trouble never rejects: the command waits. */
export class CommandRefused extends Error {
  override readonly name = 'CommandRefused'
  constructor(readonly problem: Problem) {
    super(`${problem.title}: ${problem.detail}`)
  }
}

export interface TidingsClient {
  /**
   * Queues a command; resolves once it is acknowledged (fsynced), through drops and resumes, exactly once. Commands of one
   * conversation are sent in the order of the calls, pipelined and numbered by the client. Rejects with `CommandRefused`.
   */
  readonly command: (conversation: string, command: ConversationCommand) => Promise<Acknowledgement>
  readonly markRead: (conversation: string, through: number) => Promise<void>
  /** Resolves when the session is live, or live again. */
  readonly live: () => Promise<void>
  /** Cuts the socket without a word, as a lost network does; it comes back by itself with its sync token. */
  readonly drop: () => void
  /** Ends the session; what is still queued rejects. */
  readonly close: () => Promise<void>
}
