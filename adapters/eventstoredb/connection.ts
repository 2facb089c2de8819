import { randomUUID } from 'node:crypto'
import { EventStoreDBClient, WrongExpectedVersionError, binaryEvent, isCommandError } from '@eventstore/db-client'
import type { BinaryEventType, EventData, AppendExpectedRevision, AppendResult } from '@eventstore/db-client'
import { isRefusal, isWireFailure, NoAnswer, within } from './failures.js'

const UNAVAILABLE = 14
const WARM_UP_STREAM = 'tidings-warm-up'
const WARM_UP_REVISION = 4_611_686_018_427_387_904n

/** A raw gRPC error comes from fetching capabilities, and the client keeps it for ever, unless it says "unavailable". */
const isStuck = (error: unknown): boolean =>
  error instanceof NoAnswer || (isWireFailure(error) && !isCommandError(error) && 'code' in error && error.code !== UNAVAILABLE)

/** Disposes of a client: its calls end with errors, its channel is closed. The client itself leaves the channel open. */
const release = async (client: EventStoreDBClient): Promise<void> => {
  await client.dispose()
  const getChannel: unknown = Reflect.get(client, 'getChannel')
  if (typeof getChannel !== 'function') return
  const channel = (await getChannel.call(client)) as { readonly close: () => void }
  channel.close()
}

/**
 * The first append on a cold client is sent after those that follow it, so a refused one goes first. Its expected revision
 * is far beyond any stream's, so nothing is ever written.
 */
const warmUp = async (client: EventStoreDBClient, timeoutMs: number): Promise<void> => {
  const event = binaryEvent({ id: randomUUID(), type: 'WarmUp', data: new Uint8Array(0) })
  await within(timeoutMs, client.appendToStream(WARM_UP_STREAM, event, { expectedRevision: WARM_UP_REVISION })).catch((error: unknown) => {
    if (!(error instanceof WrongExpectedVersionError)) throw error
  })
}

/**
 * The connection of this process: one client that appends, one that reads.
 *
 * The client keeps one map of pending appends for the whole process: an error of a second appending client would fail the
 * appends of the first, and a late answer then ends the process. So a client is replaced only after the old one has ended
 * all its calls. Reads and subscriptions have a client of their own, so that their failures never touch an append.
 */
export class Connection {
  readonly url: string
  readonly timeoutMs: number
  readonly reader: EventStoreDBClient
  #appender: Promise<EventStoreDBClient>
  #silent = false
  #probing = false

  constructor(url: string, timeoutMs: number) {
    this.url = url
    this.timeoutMs = timeoutMs
    this.reader = EventStoreDBClient.connectionString(url)
    this.#appender = Promise.resolve(EventStoreDBClient.connectionString(url))
  }

  /** Resolves when the server has answered; rejects when it did not in time. */
  async opened(): Promise<void> {
    await warmUp(await this.#appender, this.timeoutMs)
  }

  /**
   * Appends, or rejects: a definite refusal of the server, a wire failure whose outcome is unknown, or `NoAnswer`. While the
   * server is silent one append at a time tries it and the others are rejected at once. Takes at most twice the time limit.
   */
  async append(stream: string, events: ReadonlyArray<EventData<BinaryEventType>>, expectedRevision: AppendExpectedRevision): Promise<AppendResult> {
    if (this.#silent && this.#probing) throw new NoAnswer('the store gives no answer at present')
    this.#probing = true
    const appender = this.#appender
    try {
      const client = await appender
      const answer = client.appendToStream<BinaryEventType>(stream, [...events], { expectedRevision, deadline: this.timeoutMs })
      const result = await within(this.timeoutMs, answer)
      this.#silent = false
      return result
    } catch (error) {
      if (error instanceof NoAnswer) this.#silent = true
      else if (isRefusal(error)) this.#silent = false
      if (isStuck(error)) this.#replace(appender)
      throw error
    } finally {
      this.#probing = false
    }
  }

  async close(): Promise<void> {
    await release(await this.#appender)
    await release(this.reader)
  }

  /** A client that was silent, or failed while it fetched capabilities (it keeps that failure), gives way to a new one. */
  #replace(failed: Promise<EventStoreDBClient>): void {
    if (this.#appender !== failed) return
    this.#appender = failed.then(async (old) => {
      await within(this.timeoutMs, release(old)).catch(() => undefined)
      const client = EventStoreDBClient.connectionString(this.url)
      await warmUp(client, this.timeoutMs).catch(() => undefined)
      return client
    })
  }
}

interface Shared {
  readonly connection: Connection
  users: number
}

let shared: Shared | undefined
let closing: Promise<void> = Promise.resolve()

/** Takes a share of the process's one connection. Throws when the process is connected to another server. */
export const shareConnection = async (url: string, timeoutMs: number): Promise<{ readonly connection: Connection; readonly leave: () => Promise<void> }> => {
  if (/throwOnAppendFailure\s*=\s*false/i.test(url)) throw new Error('throwOnAppendFailure=false makes the client invent revisions')
  await closing
  if (shared !== undefined && shared.connection.url !== url) throw new Error('this process is connected to another EventStoreDB')
  const mine = (shared ??= { connection: new Connection(url, timeoutMs), users: 0 })
  mine.users += 1
  const leave = async () => {
    mine.users -= 1
    if (mine.users > 0) return
    shared = undefined
    closing = mine.connection.close()
    await closing
  }
  return { connection: mine.connection, leave }
}
