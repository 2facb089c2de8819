import type { Either } from 'fp-ts/lib/Either.js'
import type { AppendError, Appended, ExpectedRevision, NewEvent, StreamName } from '../../../events/event-store.js'

export type Answer = Either<AppendError, Appended>

export interface PendingAppend {
  readonly stream: StreamName
  readonly expected: ExpectedRevision
  readonly events: ReadonlyArray<NewEvent>
  /** Of all events: data, metadata and sealed. */
  readonly bytes: number
  readonly answer: (answer: Answer) => void
}

export interface GroupLimits {
  readonly events: number
  readonly bytes: number
}

/** Appends that wait for the write in flight, first come first served within a stream, streams in turn. */
export interface AppendQueue {
  readonly push: (append: PendingAppend) => void
  /**
   * Takes what can be decided together: of each stream the leading appends that expect the same revision, or the leading
   * unfenced ones of distinct ids. At least one append when there is any, else up to the limits.
   */
  readonly takeGroup: () => ReadonlyArray<PendingAppend>
  readonly takeAll: () => ReadonlyArray<PendingAppend>
  readonly size: () => { readonly appends: number; readonly bytes: number }
}

const fence = (append: PendingAppend | undefined) => (typeof append?.expected === 'object' ? append.expected.revision : append?.expected)

/** How many at the head of a stream's line may be written together and find room. */
const together = (line: ReadonlyArray<PendingAppend>, room: GroupLimits, groupIsEmpty: boolean): number => {
  const ids = new Set<string>()
  let [events, bytes, count] = [0, 0, 0]
  for (const append of line) {
    if (fence(append) !== fence(line[0])) break
    if (append.expected === 'any' && append.events.some(({ id }) => ids.has(id))) break
    events += append.events.length
    bytes += append.bytes
    if ((count > 0 || !groupIsEmpty) && (events > room.events || bytes > room.bytes)) break
    for (const { id } of append.events) ids.add(id)
    count += 1
  }
  return count
}

export const appendQueue = (limits: GroupLimits): AppendQueue => {
  const lines = new Map<StreamName, PendingAppend[]>()
  let [appends, bytes] = [0, 0]

  const forget = (taken: ReadonlyArray<PendingAppend>): ReadonlyArray<PendingAppend> => {
    appends -= taken.length
    for (const append of taken) bytes -= append.bytes
    return taken
  }

  const push = (append: PendingAppend): void => {
    const line = lines.get(append.stream)
    if (line === undefined) lines.set(append.stream, [append])
    else line.push(append)
    appends += 1
    bytes += append.bytes
  }

  const takeGroup = (): ReadonlyArray<PendingAppend> => {
    const group: PendingAppend[] = []
    const behind: [StreamName, PendingAppend[]][] = []
    const room = { ...limits }
    for (const [stream, line] of lines) {
      const count = together(line, room, group.length === 0)
      for (const append of line.splice(0, count)) {
        group.push(append)
        room.events -= append.events.length
        room.bytes -= append.bytes
      }
      if (count > 0) {
        lines.delete(stream)
        if (line.length > 0) behind.push([stream, line])
      }
      if (room.events <= 0 || room.bytes <= 0) break
    }
    for (const [stream, line] of behind) lines.set(stream, line)
    return forget(group)
  }

  const takeAll = (): ReadonlyArray<PendingAppend> => {
    const all = [...lines.values()].flat()
    lines.clear()
    return forget(all)
  }

  return { push, takeGroup, takeAll, size: () => ({ appends, bytes }) }
}
