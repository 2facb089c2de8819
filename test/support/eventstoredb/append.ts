import type { ServerReadableStream, ServerUnaryCall, sendUnaryData } from '@grpc/grpc-js'
import shared from '@eventstore/db-client/generated/shared_pb.js'
import type * as Streams from '@eventstore/db-client/generated/streams_pb.js'
import streams from '@eventstore/db-client/generated/streams_pb.js'
import type { Commits } from './commits.js'
import type { FaultState } from './faults.js'
import type { Expected, Outcome, ProposedEvent } from './stored-event.js'
import { expectedOf, maximumAppendSizeExceeded, proposedOf, streamDeleted, streamNameOf, wrongExpectedVersion } from './wire.js'

const wrongVersion = (expected: Expected, current: bigint): Streams.AppendResp => {
  const wrong = new streams.AppendResp.WrongExpectedVersion()
  if (current < 0n) wrong.setCurrentNoStream(new shared.Empty())
  else wrong.setCurrentRevision(String(current))
  if (expected === 'any') wrong.setExpectedAny(new shared.Empty())
  else if (expected === 'stream-exists') wrong.setExpectedStreamExists(new shared.Empty())
  else if (expected === 'no-stream') wrong.setExpectedNoStream(new shared.Empty())
  else wrong.setExpectedRevision(String(expected.revision))
  return new streams.AppendResp().setWrongExpectedVersion(wrong)
}

const respond = (callback: sendUnaryData<Streams.AppendResp>, outcome: Outcome, stream: string, expected: Expected): void => {
  switch (outcome._tag) {
    case 'Written':
    case 'AlreadyThere': {
      const position = String(outcome.last.position)
      return callback(null, new streams.AppendResp().setSuccess(new streams.AppendResp.Success()
        .setCurrentRevision(String(outcome.last.revision))
        .setPosition(new streams.AppendResp.Position().setCommitPosition(position).setPreparePosition(position))))
    }
    case 'WrongExpectedVersion':
      return callback(null, wrongVersion(expected, outcome.current))
    case 'StreamDeleted':
      return callback(streamDeleted(stream))
  }
}

/** Streams.Append: one append per call; a wrong expected revision is an answer, not an error status. */
export const append = (commits: Commits, faults: FaultState, maxAppendBytes: number) =>
  (call: ServerReadableStream<Streams.AppendReq, Streams.AppendResp>, callback: sendUnaryData<Streams.AppendResp>): void => {
    const run = async () => {
      let options: Streams.AppendReq.Options | undefined
      const events: ProposedEvent[] = []
      for await (const request of call as AsyncIterable<Streams.AppendReq>) {
        options = request.getOptions() ?? options
        const message = request.getProposedMessage()
        if (message !== undefined) events.push(proposedOf(message))
      }
      if (options === undefined || faults.silent) return
      const bytes = events.reduce((sum, { data, customMetadata }) => sum + data.length + customMetadata.length, 0)
      if (bytes > maxAppendBytes) return callback(maximumAppendSizeExceeded(maxAppendBytes))
      const [stream, expected] = [streamNameOf(options.getStreamIdentifier()), expectedOf(options, options.getRevision())]
      const outcome = await commits.append(stream, expected, events)
      await faults.released()
      respond(callback, outcome, stream, expected)
    }
    run().catch(() => undefined)
  }

/** Streams.Delete and Streams.Tombstone: a wrong expected revision is an error status with trailers here. */
export const deleteWith = <Request extends Streams.DeleteReq | Streams.TombstoneReq, Response>(
  act: (stream: string, expected: Expected) => Promise<Outcome>,
  respondAt: (position: string) => Response,
) =>
  (call: ServerUnaryCall<Request, Response>, callback: sendUnaryData<Response>): void => {
    const options = call.request.getOptions()
    if (options === undefined) return
    const [stream, expected] = [streamNameOf(options.getStreamIdentifier()), expectedOf(options, options.getRevision())]
    act(stream, expected).then((outcome) => {
      if (outcome._tag === 'WrongExpectedVersion') return callback(wrongExpectedVersion(stream, expected, outcome.current))
      if (outcome._tag === 'StreamDeleted') return callback(streamDeleted(stream))
      callback(null, respondAt(String(outcome.last.position)))
    }, () => undefined)
  }
