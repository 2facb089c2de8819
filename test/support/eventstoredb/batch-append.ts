import type { ServerDuplexStream } from '@grpc/grpc-js'
import any from 'google-protobuf/google/protobuf/any_pb.js'
import empty from 'google-protobuf/google/protobuf/empty_pb.js'
import type { Message } from 'google-protobuf'
import shared from '@eventstore/db-client/generated/shared_pb.js'
import type * as Status from '@eventstore/db-client/generated/status_pb.js'
import statuses from '@eventstore/db-client/generated/status_pb.js'
import type * as Streams from '@eventstore/db-client/generated/streams_pb.js'
import streams from '@eventstore/db-client/generated/streams_pb.js'
import type { Commits } from './commits.js'
import type { FaultState, Refusal } from './faults.js'
import { sendTogether } from './send.js'
import type { Outcome, ProposedEvent } from './stored-event.js'
import { expectedOf, identifierOf, positionOf, proposedOf, streamNameOf } from './wire.js'

type Call = ServerDuplexStream<Streams.BatchAppendReq, Streams.BatchAppendResp>

interface Pending {
  readonly options: Streams.BatchAppendReq.Options
  readonly events: ProposedEvent[]
  bytes: number
}

const CODES = { timeout: 4, alreadyExists: 6, notFound: 5, permissionDenied: 7, invalidArgument: 3, internal: 13 }
const WRITE_TIMEOUT_MS = 2_000

/** Details are always there: without them the client dies on an undefined. */
const errorOf = (code: number, message: string, typeName: string, details: Message): Status.Status => {
  const packed = new any.Any()
  packed.pack(details.serializeBinary(), typeName)
  return new statuses.Status().setCode(code).setMessage(message).setDetails(packed)
}

const wrongVersion = (current: bigint): Status.Status => {
  const details = new shared.WrongExpectedVersion()
  if (current < 0n) details.setCurrentNoStream(new empty.Empty())
  else details.setCurrentStreamRevision(String(current))
  return errorOf(CODES.alreadyExists, 'WrongExpectedVersion', 'event_store.client.WrongExpectedVersion', details)
}

const timedOut = () => errorOf(CODES.timeout, 'Timeout', 'event_store.client.Timeout', new shared.Timeout())

const tooLarge = (limit: number) =>
  errorOf(CODES.invalidArgument, 'MaximumAppendSizeExceeded', 'event_store.client.MaximumAppendSizeExceeded',
    new shared.MaximumAppendSizeExceeded().setMaxappendsize(limit))

const refusalOf = (refusal: Refusal, limit: number): Status.Status => {
  switch (refusal) {
    case 'busy':
      return errorOf(CODES.internal, 'Server Is Busy', 'google.protobuf.Empty', new empty.Empty())
    case 'not-ready':
      return errorOf(CODES.internal, 'Server Is Not Ready', 'google.protobuf.Empty', new empty.Empty())
    case 'timeout':
      return timedOut()
    case 'access-denied':
      return errorOf(CODES.permissionDenied, 'AccessDenied', 'event_store.client.AccessDenied', new shared.AccessDenied())
    case 'too-large':
      return tooLarge(limit)
  }
}

const resultOf = (outcome: Outcome, stream: string): Streams.BatchAppendResp => {
  const response = new streams.BatchAppendResp()
  switch (outcome._tag) {
    case 'Written':
    case 'AlreadyThere':
      return response.setSuccess(new streams.BatchAppendResp.Success()
        .setCurrentRevision(String(outcome.last.revision)).setPosition(positionOf(outcome.last.position)))
    case 'WrongExpectedVersion':
      return response.setError(wrongVersion(outcome.current))
    case 'StreamDeleted':
      return response.setError(errorOf(CODES.notFound, 'StreamDeleted', 'event_store.client.StreamDeleted',
        new shared.StreamDeleted().setStreamIdentifier(identifierOf(stream))))
  }
}

const isLate = (options: Streams.BatchAppendReq.Options): boolean => {
  const deadline = options.getDeadline()?.toDate().getTime()
  return deadline !== undefined && Math.min(deadline - Date.now(), WRITE_TIMEOUT_MS) <= 0
}

/** Streams.BatchAppend: many appends over one call, in pieces, each answered under its correlation id. */
export const batchAppend = (commits: Commits, faults: FaultState, maxAppendBytes: number) => (call: Call): void => {
  const pending = new Map<string, Pending>()
  faults.calls += 1
  call.on('close', () => { faults.calls -= 1 })
  sendTogether(call)
  const answer = async (request: Streams.BatchAppendReq, stream: string, response: Streams.BatchAppendResp) => {
    await faults.released()
    if (!call.writable) return
    call.write(response.setCorrelationId(request.getCorrelationId()).setStreamIdentifier(identifierOf(stream)))
  }
  const fail = (request: Streams.BatchAppendReq, stream: string, error: Status.Status) =>
    void answer(request, stream, new streams.BatchAppendResp().setError(error))

  call.on('data', (request: Streams.BatchAppendReq) => {
    if (faults.silent) return
    const correlation = request.getCorrelationId()?.getString() ?? ''
    const options = request.getOptions()
    if (options !== undefined) pending.set(correlation, { options, events: [], bytes: 0 })
    const append = pending.get(correlation)
    if (append === undefined) return
    const stream = streamNameOf(append.options.getStreamIdentifier())
    for (const message of request.getProposedMessagesList()) {
      const event = proposedOf(message)
      append.events.push(event)
      append.bytes += event.data.length + event.customMetadata.length
    }
    if (append.bytes > maxAppendBytes || request.getIsFinal()) pending.delete(correlation)
    if (append.bytes > maxAppendBytes) return fail(request, stream, tooLarge(maxAppendBytes))
    if (!request.getIsFinal()) return
    if (faults.refusal !== undefined) return fail(request, stream, refusalOf(faults.refusal, maxAppendBytes))
    if (isLate(append.options)) return fail(request, stream, timedOut())
    const expected = expectedOf(append.options, append.options.getStreamPosition())
    void commits.append(stream, expected, append.events).then((outcome) => answer(request, stream, resultOf(outcome, stream)))
  })
  call.on('end', () => call.end())
  call.on('error', () => undefined)
}
