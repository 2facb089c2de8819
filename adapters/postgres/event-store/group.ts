import * as E from 'fp-ts/lib/Either.js'
import type { ExpectedRevision, NewEvent, RecordedEvent, StreamName } from '../../../events/event-store.js'
import type { Answer, PendingAppend } from './append-queue.js'
import { positionOf } from './rows.js'

const NO_STREAM = '-1'
const ANY = '-2'
const NO_SEAL = -1
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const INT32_MAX = 0x7fff_ffff

/** `first, last, at, fresh` of log.append. */
export type AppendRow = readonly [first: string | null, last: string, at: string | null, fresh: boolean]

export const appendStatement = {
  name: 'log.append',
  text: 'SELECT first, last, at, fresh FROM log.append($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)',
  rowMode: 'array',
} as const

/** Text that Postgres cannot hold would fail the appends of others in its group: a defect of the caller, thrown here. */
export const assertWritable = (stream: StreamName, events: ReadonlyArray<NewEvent>): void => {
  const holdable = (text: string) => text.isWellFormed() && !text.includes('\0')
  if (!holdable(stream)) throw new TypeError('a stream name that cannot be stored')
  for (const { id, type, version } of events) {
    if (!uuid.test(id)) throw new TypeError(`an event id is a lower-case UUID, not ${JSON.stringify(id)}`)
    if (!holdable(type)) throw new TypeError('an event type that cannot be stored')
    if (!Number.isInteger(version) || version < 0 || version > INT32_MAX) throw new TypeError(`an event version is a whole number, not ${version}`)
  }
}

const expectedOf = (expected: ExpectedRevision): string =>
  expected === 'any' ? ANY : expected === 'no-stream' ? NO_STREAM : String(expected.revision)

const list = (items: ReadonlyArray<string | number>): string => `{${items.join(',')}}`
const quoted = (items: ReadonlyArray<string>): string => `{${items.map((item) => `"${item.replace(/["\\]/g, '\\$&')}"`).join(',')}}`

/** Everything of one event in the group's one buffer; answers where the next one goes. */
const pack = (body: Uint8Array, at: number, event: NewEvent): number => {
  body.set(event.data, at)
  body.set(event.metadata, at + event.data.byteLength)
  const sealedAt = at + event.data.byteLength + event.metadata.byteLength
  if (event.sealed !== undefined) body.set(event.sealed, sealedAt)
  return sealedAt + (event.sealed?.byteLength ?? 0)
}

/** The parameters of `appendStatement`: arrays as Postgres literals, all bytes in one binary parameter. */
export const appendParameters = (group: ReadonlyArray<PendingAppend>): ReadonlyArray<unknown> => {
  const all = group.flatMap(({ events }) => events)
  const body = Buffer.allocUnsafe(group.reduce((sum, { bytes }) => sum + bytes, 0))
  const [owners, places, starts]: [number[], number[], number[]] = [[], [], []]
  let at = 0
  group.forEach(({ events }, owner) =>
    events.forEach((event, place) => {
      owners.push(owner + 1)
      places.push(place)
      starts.push(at + 1)
      at = pack(body, at, event)
    }),
  )
  return [
    quoted(group.map(({ stream }) => stream)),
    list(group.map(({ expected }) => expectedOf(expected))),
    list(group.map(({ events }) => events.length)),
    list(owners),
    list(places),
    list(all.map(({ id }) => id)),
    quoted(all.map(({ type }) => type)),
    list(all.map(({ version }) => version)),
    list(starts),
    list(all.map(({ data }) => data.byteLength)),
    list(all.map(({ metadata }) => metadata.byteLength)),
    list(all.map(({ sealed }) => sealed?.byteLength ?? NO_SEAL)),
    body,
  ]
}

export const answerOf = ([first, last, at]: AppendRow): Answer =>
  first === null || at === null
    ? E.left({ _tag: 'WrongExpectedRevision', actual: last === NO_STREAM ? 'no-stream' : BigInt(last) })
    : E.right({ firstRevision: BigInt(first), lastRevision: BigInt(last), position: positionOf(at) })

/** The events that an append wrote now; none when it was refused or had been written before. */
export const writtenBy = ({ stream, events }: PendingAppend, row: AppendRow | undefined): ReadonlyArray<RecordedEvent> => {
  const [first, , at, fresh] = row ?? []
  if (fresh !== true || first === undefined || first === null || at === undefined || at === null) return []
  const [revision, position] = [BigInt(first), BigInt(at) - BigInt(events.length - 1)]
  return events.map((event, index) => ({ ...event, stream, revision: revision + BigInt(index), position: positionOf(position + BigInt(index)) }))
}
