import type { Decoded } from '../events/codec.js'
import type { RecordedEvent } from '../events/event-store.js'
import type { Category } from '../events/streams.js'

/** A recorded event as projections see it; `content` is the opened content of the types that the projection opens. */
export interface Projected {
  readonly event: Decoded
  /** The same event as it lies in the log: read models that hand events on keep these very bytes. */
  readonly recorded: RecordedEvent
  /** Undefined when nothing is sealed, the projection does not open this type, or the content was forgotten. */
  readonly content: unknown
}

/**
 * A read model as a function of the log: events in, writes out, pure.
 *
 * Writes of one stream come in the order of its revisions. A projection may be given events again from an older
 * position on, in order: its writes then lead to the same rows (upserts, guards by revision).
 */
export interface Projection<Write> {
  /** Names the read model, its Postgres schema `<name>_v<version>`, its metrics and the operator's commands. */
  readonly name: string
  /** Raised with every change of its tables: the new version is filled beside the old one and then takes its place. */
  readonly version: number
  readonly categories: ReadonlyArray<Category>
  /** Types whose sealed content it must read to index it (a keyed digest, say); content is never written by it. */
  readonly opens: ReadonlyArray<string>
  readonly project: (projected: Projected) => ReadonlyArray<Write>
}
