import { randomUUID } from 'node:crypto'
import { checkCommit } from './check-commit.js'
import { LARGEST, metaStreamOf } from './stored-event.js'
import type { Expected, Outcome, ProposedEvent, StoredEvent } from './stored-event.js'

const RECORD_FRAME_BYTES = 96
const TICKS_PER_MS = 10_000
const REMEMBERED_BYTES = 8 * 1024 * 1024
const REMEMBERED_ENTRY_BYTES = 28

/**
 * The rules of an EventStoreDB log in memory: revisions, positions, soft deletion, tombstones, the ids of recent commits.
 * Nothing here waits: an event is in the log at once, and visible to readers when `visible` has passed its index.
 */
export class Log {
  readonly events: StoredEvent[] = []
  /** How many events readers may see: those that are on disk. */
  visible = 0
  readonly #streams = new Map<string, StoredEvent[]>()
  readonly #tombstoned = new Set<string>()
  readonly #remembered = new Map<string, StoredEvent>()
  #rememberedBytes = 0
  #nextPosition = 0n

  /** What a reader may see of a stream: revisions from `first` up to, not including, `end`. Undefined is "not found". */
  readable(stream: string): { readonly first: bigint; readonly end: bigint } | undefined {
    const events = this.#streams.get(stream) ?? []
    let end = events.length
    for (let last = events[end - 1]; last !== undefined && !this.isVisible(last); last = events[end - 1]) end -= 1
    return end === 0 || this.isSoftDeleted(stream) ? undefined : { first: this.#truncateBefore(stream), end: BigInt(end) }
  }

  isVisible(event: StoredEvent): boolean {
    const last = this.events[this.visible - 1]
    return last !== undefined && event.position <= last.position
  }

  isTombstoned(stream: string): boolean {
    return this.#tombstoned.has(stream)
  }

  isSoftDeleted(stream: string): boolean {
    return this.#truncateBefore(stream) === LARGEST
  }

  lastRevision(stream: string): bigint {
    return BigInt(this.#streams.get(stream)?.length ?? 0) - 1n
  }

  at(stream: string, revision: bigint): StoredEvent | undefined {
    return this.#streams.get(stream)?.[Number(revision)]
  }

  remembered(stream: string, id: string): StoredEvent | undefined {
    const event = this.#remembered.get(id)
    return event?.stream === stream ? event : undefined
  }

  append(stream: string, expected: Expected, proposed: ReadonlyArray<ProposedEvent>): Outcome {
    const decision = checkCommit(this, stream, expected, proposed.map(({ id }) => id))
    if (decision._tag !== 'Commit') return decision
    const revived = this.isSoftDeleted(stream)
    const first = this.lastRevision(stream) + 1n
    const events = proposed.map((event, index) => this.#write(stream, first + BigInt(index), event))
    if (revived) events.push(this.#writeTruncateBefore(stream, first))
    const last = events[proposed.length - 1]
    return last === undefined ? { _tag: 'WrongExpectedVersion', current: first - 1n } : { _tag: 'Written', events, last }
  }

  softDelete(stream: string, expected: Expected): Outcome {
    const decision = checkCommit(this, stream, expected, [randomUUID()])
    if (decision._tag !== 'Commit') return decision
    if (this.lastRevision(stream) < 0n) return { _tag: 'WrongExpectedVersion', current: -1n }
    const last = this.#writeTruncateBefore(stream, LARGEST)
    return { _tag: 'Written', events: [last], last }
  }

  tombstone(stream: string, expected: Expected): Outcome {
    const decision = checkCommit(this, stream, expected, [randomUUID()])
    if (decision._tag !== 'Commit') return decision
    const last = this.#write(stream, LARGEST, proposal('$streamDeleted', ''))
    return { _tag: 'Written', events: [last], last }
  }

  /** Puts an event that was read back from disk in its place; the ids of recent commits stay forgotten. */
  restore(event: StoredEvent): void {
    this.#place(event)
    this.visible = this.events.length
  }

  #write(stream: string, revision: bigint, event: ProposedEvent): StoredEvent {
    const created = String(BigInt(Date.now()) * BigInt(TICKS_PER_MS))
    const stored: StoredEvent = { ...event, stream, revision, created, position: this.#nextPosition }
    this.#place(stored)
    this.#remember(stored)
    return stored
  }

  #writeTruncateBefore(stream: string, revision: bigint): StoredEvent {
    const meta = metaStreamOf(stream)
    return this.#write(meta, this.lastRevision(meta) + 1n, proposal('$metadata', `{"$tb":${revision}}`))
  }

  #place(event: StoredEvent): void {
    this.events.push(event)
    this.#nextPosition = event.position + BigInt(RECORD_FRAME_BYTES + event.data.length + event.customMetadata.length)
    if (event.revision === LARGEST) {
      this.#tombstoned.add(event.stream)
      return
    }
    const stream = this.#streams.get(event.stream)
    if (stream === undefined) this.#streams.set(event.stream, [event])
    else stream.push(event)
  }

  #remember(event: StoredEvent): void {
    this.#remembered.set(event.id, event)
    this.#rememberedBytes += REMEMBERED_ENTRY_BYTES + event.stream.length
    for (const [id, oldest] of this.#remembered) {
      if (this.#rememberedBytes <= REMEMBERED_BYTES) return
      this.#remembered.delete(id)
      this.#rememberedBytes -= REMEMBERED_ENTRY_BYTES + oldest.stream.length
    }
  }

  #truncateBefore(stream: string): bigint {
    if (stream.startsWith('$$')) return 0n
    const last = this.#streams.get(metaStreamOf(stream))?.at(-1)
    if (last === undefined) return 0n
    const match = /"\$tb"\s*:\s*(\d+)/.exec(Buffer.from(last.data).toString('utf8'))
    return match?.[1] === undefined ? 0n : BigInt(match[1])
  }
}

const proposal = (type: string, data: string): ProposedEvent => ({
  id: randomUUID(), type, contentType: 'application/json', data: Buffer.from(data), customMetadata: new Uint8Array(0),
})
