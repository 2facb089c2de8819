import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Acknowledgement, Problem, StoryAcknowledgement } from '../events/wire/answers.js'
import type { AccountCommand, ConversationCommand, MarkNotificationsRead, MarkRead, MuteConversation, StoryCommand } from '../events/wire/commands.js'

/** Who sends a command: an authenticated account on one of its devices. */
export interface Caller {
  readonly account: string
  readonly device: string
}

/**
 * The command side as HTTP and the gateway call it. Each command is decided against its stream and appended with the
 * expected revision; an acknowledgement means fsynced. Commands of one caller to one conversation that are called in
 * order are decided in that order. The same command again gives the same answer and appends nothing, for ever.
 * Absent and forbidden conversations answer alike (`not-found`).
 */
export interface CommandSide {
  readonly conversation: (caller: Caller, conversation: string, counter: number, command: ConversationCommand) => TaskEither<Problem, Acknowledgement>
  readonly markRead: (caller: Caller, conversation: string, command: MarkRead) => TaskEither<Problem, Acknowledgement>
  /** Whether the conversation notifies its member. Idempotent: the latest counts. */
  readonly muteConversation: (caller: Caller, conversation: string, command: MuteConversation) => TaskEither<Problem, Acknowledgement>
  /** Account commands carry no counter: each is idempotent by itself. The device need not be registered for them. */
  readonly account: (account: string, command: AccountCommand) => TaskEither<Problem, Acknowledgement>
  /** Idempotent, and never goes back; the device need not be registered for it. */
  readonly markNotificationsRead: (account: string, command: MarkNotificationsRead) => TaskEither<Problem, Acknowledgement>
  /** Stories carry no counter: each command is idempotent by itself. Whoever may not see a story now gets `not-found`. */
  readonly story: (caller: Caller, command: StoryCommand) => TaskEither<Problem, StoryAcknowledgement>
  /**
   * For the sweep: ends those of an author's stories that are over, each once whoever else does so too; answers which of
   * them have ended by now. Destroying their keys is left to the caller.
   */
  readonly expireStories: (author: string, storyIds: ReadonlyArray<string>) => TaskEither<Problem, ReadonlyArray<string>>
  /** Whether the device is registered and not revoked, by the account's stream. */
  readonly deviceIsLive: (caller: Caller) => TaskEither<Problem, boolean>
  /** Lets what is under way finish; afterwards commands answer `unavailable`. */
  readonly close: () => Promise<void>
}
