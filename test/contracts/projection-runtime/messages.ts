import { randomBytes } from 'node:crypto'
import * as E from 'fp-ts/lib/Either.js'
import { uuidv7 } from 'uuidv7'
import { encode } from '../../../events/codec.js'
import type { EventStore, NewEvent, RecordedEvent, StreamName } from '../../../events/event-store.js'
import type { AnyEvent } from '../../../events/registry.js'
import type { Metadata } from '../../../events/schemas/common.js'
import { accountStream, conversationStream } from '../../../events/streams.js'
import { seal } from '../../../events/sealing.js'

export const aConversation = (): StreamName => conversationStream(uuidv7())
export const anAccount = (): StreamName => accountStream(uuidv7())

const metadata = (recordedAt: number): Metadata => ({ recordedAt, actor: uuidv7(), device: null, command: null, correlation: uuidv7(), previous: null })

const encoded = (id: string, event: AnyEvent, recordedAt: number, sealed: Uint8Array | undefined): NewEvent => {
  const made = encode(id, event, metadata(recordedAt), sealed)
  if (E.isLeft(made)) throw new Error(JSON.stringify(made.left))
  return made.right
}

const digest = randomBytes(32).toString('base64url')

export const aMessage = (recordedAt = 1_000): NewEvent =>
  encoded(uuidv7(), { type: 'MessageSent', data: { messageId: uuidv7(), unit: uuidv7(), digest } }, recordedAt, new Uint8Array(40))

/** An event of a version that nobody knows yet. */
export const fromTheFuture = (): NewEvent => ({ ...aMessage(), version: 99 })

export const aDevice = (): NewEvent => encoded(uuidv7(), { type: 'DeviceRevoked', data: { deviceId: uuidv7() } }, 1_000, undefined)

/** A registration whose profile is sealed under the key, for that stream. */
export const aRegistration = (stream: StreamName, unit: string, key: Uint8Array, content: string): NewEvent => {
  const id = uuidv7()
  const sealed = seal(key, { stream, eventId: id, type: 'AccountRegistered' }, Buffer.from(content))
  return encoded(id, { type: 'AccountRegistered', data: { unit, digest: sealed.digest } }, 1_000, sealed.sealed)
}

/** Appends whatever the stream holds already; answers what was recorded. */
export const append = async (store: EventStore, stream: StreamName, ...events: ReadonlyArray<NewEvent>): Promise<ReadonlyArray<RecordedEvent>> => {
  const [first, ...others] = events
  if (first === undefined) return []
  const appended = await store.append(stream, 'any', [first, ...others])()
  if (E.isLeft(appended)) throw new Error(appended.left._tag)
  const recorded: RecordedEvent[] = []
  for await (const event of store.read(stream, { from: appended.right.firstRevision, direction: 'forwards', limit: events.length })) recorded.push(event)
  return recorded
}
