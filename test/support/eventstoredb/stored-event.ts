/** One event as the stand-in keeps it. `position` is its offset in the log; every event is its own commit. */
export interface StoredEvent {
  readonly stream: string
  readonly revision: bigint
  readonly position: bigint
  readonly id: string
  readonly type: string
  readonly contentType: string
  /** 100 ns ticks since 1970, as text. */
  readonly created: string
  readonly data: Uint8Array
  readonly customMetadata: Uint8Array
}

export type ProposedEvent = Pick<StoredEvent, 'id' | 'type' | 'contentType' | 'data' | 'customMetadata'>

/** -1 stands for "no stream" in `revision`, as on the wire. */
export type Expected = 'any' | 'stream-exists' | 'no-stream' | { readonly revision: bigint }

export type Outcome =
  | { readonly _tag: 'Written'; readonly events: ReadonlyArray<StoredEvent>; readonly last: StoredEvent }
  | { readonly _tag: 'AlreadyThere'; readonly last: StoredEvent }
  | { readonly _tag: 'WrongExpectedVersion'; readonly current: bigint }
  | { readonly _tag: 'StreamDeleted' }

export const LARGEST = 9_223_372_036_854_775_807n
export const metaStreamOf = (stream: string): string => `$$${stream}`
