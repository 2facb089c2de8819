/** One thing that happened in a chat channel. `line` is the 0-based line of the source file. */
export type ChatEvent =
  | { readonly type: 'joined'; readonly nick: string }
  | { readonly type: 'parted'; readonly nick: string }
  | { readonly type: 'renamed'; readonly from: string; readonly to: string }
  | Said

/** `replyTo` is the index, in the log's `events`, of the earlier said event that this one answers. `action` is IRC's /me. */
export interface Said {
  readonly type: 'said'
  readonly line: number
  readonly nick: string
  readonly text: string
  readonly action: boolean
  readonly replyTo?: number
}

/** A channel's history in file order. Texts are clean in the sense of text.ts and may be empty. */
export interface ChatLog {
  readonly name: string
  readonly events: ReadonlyArray<ChatEvent>
}
