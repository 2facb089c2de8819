import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { Server, ServerCredentials } from '@grpc/grpc-js'
import type { sendUnaryData, UntypedServiceImplementation } from '@grpc/grpc-js'
import features from '@eventstore/db-client/generated/serverfeatures_pb.js'
import featureServices from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js'
import type * as Features from '@eventstore/db-client/generated/serverfeatures_pb.js'
import streams from '@eventstore/db-client/generated/streams_pb.js'
import streamServices from '@eventstore/db-client/generated/streams_grpc_pb.js'
import { append, deleteWith } from './append.js'
import { batchAppend } from './batch-append.js'
import { Commits } from './commits.js'
import { openDisk } from './disk.js'
import { FaultState } from './faults.js'
import type { Faults } from './faults.js'
import { Log } from './log.js'
import { read } from './read.js'
import { unknownFailure } from './wire.js'

export interface StandInOptions {
  /** 0, the default, takes a free port. */
  readonly port?: number
  /** Keeps the log in this directory, fsynced; without it the log lives as long as the stand-in. */
  readonly directory?: string
  /** Default: the real server's, 1 MiB. */
  readonly maxAppendBytes?: number
  /** Drops a slow live subscriber, as 22.10 to 23.10 do. Default: falls back to catching up, as from 24.2 on. */
  readonly slowSubscribersDropped?: boolean
  /** Default true; false leaves clients with Streams.Append only. */
  readonly batchAppendListed?: boolean
}

export interface StandIn {
  readonly url: string
  readonly port: number
  readonly faults: Faults
  /** Ends every connection and closes the log; idempotent. */
  readonly stop: () => Promise<void>
}

const SERVER_VERSION = '24.10.0'
const STREAMS = 'event_store.client.streams.streams'
const MESSAGE_BYTES = 20 * 1024 * 1024

const supportedMethods = (batchAppendListed: boolean): Features.SupportedMethods => {
  const methods = ['append', ...(batchAppendListed ? ['batchappend'] : []), 'delete', 'read', 'tombstone']
  return new features.SupportedMethods()
    .setEventStoreServerVersion(SERVER_VERSION)
    .setMethodsList(methods.map((method) => new features.SupportedMethod().setServiceName(STREAMS).setMethodName(method)))
}

const streamsService = (commits: Commits, state: FaultState, options: StandInOptions): UntypedServiceImplementation => {
  const maxAppendBytes = options.maxAppendBytes ?? 1024 * 1024
  return {
    read: read(commits, state, options.slowSubscribersDropped ?? false),
    append: append(commits, state, maxAppendBytes),
    batchAppend: batchAppend(commits, state, maxAppendBytes),
    delete: deleteWith(
      (stream, expected) => commits.softDelete(stream, expected),
      (at) => new streams.DeleteResp().setPosition(new streams.DeleteResp.Position().setCommitPosition(at).setPreparePosition(at)),
    ),
    tombstone: deleteWith(
      (stream, expected) => commits.tombstone(stream, expected),
      (at) => new streams.TombstoneResp().setPosition(new streams.TombstoneResp.Position().setCommitPosition(at).setPreparePosition(at)),
    ),
  }
}

const featuresService = (state: FaultState, batchAppendListed: boolean): UntypedServiceImplementation => ({
  getSupportedMethods: (_call: unknown, callback: sendUnaryData<Features.SupportedMethods>) => {
    if (state.silent) return
    if (state.featuresRefused) callback(unknownFailure('features refused'))
    else callback(null, supportedMethods(batchAppendListed))
  },
})

/** Starts a stand-in for EventStoreDB on a loopback port: same wire, same rules, no more durable than its directory. */
export const startEventStoreDbStandIn = async (options: StandInOptions = {}): Promise<StandIn> => {
  const [log, state] = [new Log(), new FaultState()]
  const opened = options.directory === undefined ? undefined : await openDisk(options.directory)
  for (const event of opened?.events ?? []) log.restore(event)
  const grpc = new Server({ 'grpc.max_receive_message_length': MESSAGE_BYTES, 'grpc.max_send_message_length': MESSAGE_BYTES })
  grpc.addService(streamServices.StreamsService, streamsService(new Commits(log, opened?.disk), state, options))
  grpc.addService(featureServices.ServerFeaturesService, featuresService(state, options.batchAppendListed ?? true))
  const connections = grpc.createConnectionInjector(ServerCredentials.createInsecure())
  const listener = createServer({ noDelay: true }, (socket) => {
    state.admit(socket)
    connections.injectConnection(socket)
  })
  listener.listen(options.port ?? 0, '127.0.0.1')
  await once(listener, 'listening')
  const { port } = listener.address() as AddressInfo
  let stopped: Promise<void> | undefined
  const stop = async () => {
    listener.close()
    state.faults.dropConnections()
    connections.destroy()
    grpc.forceShutdown()
    await opened?.disk.close()
  }
  return { url: `esdb://127.0.0.1:${port}?tls=false`, port, faults: state.faults, stop: () => (stopped ??= stop()) }
}
