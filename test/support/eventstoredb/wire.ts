import { Metadata, status } from '@grpc/grpc-js'
import type { ServiceError } from '@grpc/grpc-js'
import type * as Shared from '@eventstore/db-client/generated/shared_pb.js'
import shared from '@eventstore/db-client/generated/shared_pb.js'
import type * as Streams from '@eventstore/db-client/generated/streams_pb.js'
import streams from '@eventstore/db-client/generated/streams_pb.js'
import type { Expected, ProposedEvent, StoredEvent } from './stored-event.js'

/** Written where the real server knows no position: it says so with the largest number. */
const NO_POSITION = '18446744073709551615'

export const streamNameOf = (identifier: Shared.StreamIdentifier | undefined): string =>
  Buffer.from(identifier?.getStreamName_asU8() ?? []).toString('utf8')

export const identifierOf = (stream: string): Shared.StreamIdentifier =>
  new shared.StreamIdentifier().setStreamName(new Uint8Array(Buffer.from(stream, 'utf8')))

export const positionOf = (position: bigint): Shared.AllStreamPosition =>
  new shared.AllStreamPosition().setCommitPosition(String(position)).setPreparePosition(String(position))

type ProposedMessage = Streams.AppendReq.ProposedMessage | Streams.BatchAppendReq.ProposedMessage

export const proposedOf = (message: ProposedMessage): ProposedEvent => ({
  id: message.getId()?.getString() ?? '',
  type: message.getMetadataMap().get('type') ?? '',
  contentType: message.getMetadataMap().get('content-type') ?? '',
  data: message.getData_asU8(),
  customMetadata: message.getCustomMetadata_asU8(),
})

interface ExpectedOptions {
  readonly hasAny: () => boolean
  readonly hasNoStream: () => boolean
  readonly hasStreamExists: () => boolean
}

export const expectedOf = (options: ExpectedOptions, revision: string): Expected => {
  if (options.hasAny()) return 'any'
  if (options.hasNoStream()) return 'no-stream'
  return options.hasStreamExists() ? 'stream-exists' : { revision: BigInt(revision) }
}

/** A read answer with one event; `known` says whether the position is told, which stream reads of the real server do not. */
export const eventOf = (event: StoredEvent, known: boolean): Streams.ReadResp => {
  const position = known ? String(event.position) : NO_POSITION
  const recorded = new streams.ReadResp.ReadEvent.RecordedEvent()
    .setId(new shared.UUID().setString(event.id))
    .setStreamIdentifier(identifierOf(event.stream))
    .setStreamRevision(String(event.revision))
    .setCommitPosition(position)
    .setPreparePosition(position)
    .setData(event.data)
    .setCustomMetadata(event.customMetadata)
  recorded.getMetadataMap().set('type', event.type).set('content-type', event.contentType).set('created', event.created)
  const read = new streams.ReadResp.ReadEvent().setEvent(recorded)
  return new streams.ReadResp().setEvent(known ? read.setCommitPosition(position) : read.setNoPosition(new shared.Empty()))
}

const expectedText = (expected: Expected): string =>
  expected === 'any' ? '-2' : expected === 'stream-exists' ? '-4' : expected === 'no-stream' ? '-1' : String(expected.revision)

const failure = (code: status, details: string, trailers: Readonly<Record<string, string>>): ServiceError => {
  const metadata = new Metadata()
  for (const [key, value] of Object.entries(trailers)) metadata.set(key, value)
  return Object.assign(new Error(details), { code, details, metadata })
}

export const streamDeleted = (stream: string): ServiceError =>
  failure(status.FAILED_PRECONDITION, `Event stream '${stream}' is deleted.`, { exception: 'stream-deleted', 'stream-name': stream })

export const wrongExpectedVersion = (stream: string, expected: Expected, current: bigint): ServiceError =>
  failure(status.FAILED_PRECONDITION, `WrongExpectedVersion. Stream: ${stream}, Actual version: ${current}`, {
    exception: 'wrong-expected-version', 'stream-name': stream, 'expected-version': expectedText(expected), 'actual-version': String(current),
  })

export const maximumAppendSizeExceeded = (limit: number): ServiceError =>
  failure(status.INVALID_ARGUMENT, `Maximum Append Size of ${limit} Exceeded.`, {
    exception: 'maximum-append-size-exceeded', 'maximum-append-size': String(limit),
  })

export const consumerTooSlow = (): ServiceError =>
  failure(status.CANCELLED, 'Consumer too slow to handle event while live. Client resubscription required.', {})

export const unknownFailure = (details: string): ServiceError => failure(status.UNKNOWN, details, {})
