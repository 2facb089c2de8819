import { setTimeout as delay } from 'node:timers/promises'
import type pg from 'pg'
import { dedicatedClient } from './pool.js'

const RECONNECT_FIRST_MS = 25
const RECONNECT_AT_MOST_MS = 1_000

export interface SteadyConnectionOptions {
  readonly pool: pg.Pool
  /** Settings that differ from those of the pool. */
  readonly overrides?: pg.ClientConfig
  /** Runs on each new connection before it is used; its rejection counts as a failure to connect. */
  readonly prepare: (client: pg.Client) => Promise<unknown>
  readonly onLost?: (reason: string) => void
}

export interface SteadyConnection {
  /** The connection, if there is one now. */
  readonly current: () => pg.Client | undefined
  /** How long until the next attempt at most, while there is none. */
  readonly retryInMs: () => number
  /** Gives up a connection that does not answer; a new one is made. Nothing happens when it is not the current one. */
  readonly drop: (client: pg.Client, reason: string) => void
  readonly close: () => Promise<void>
}

/**
 * One connection beside the pool that comes back by itself: after a loss it is tried again at once and then in growing
 * intervals, at most 1 s, until it is closed. The first attempt is awaited; its failure only delays it.
 */
export const steadyConnection = async ({ pool, overrides, prepare, onLost }: SteadyConnectionOptions): Promise<SteadyConnection> => {
  const closed = new AbortController()
  let client: pg.Client | undefined
  let retryInMs = RECONNECT_FIRST_MS

  const connect = async (): Promise<void> => {
    const fresh = await dedicatedClient(pool, overrides)
    let alive = true
    fresh.once('end', () => {
      alive = false
      drop(fresh, 'the connection to Postgres was lost')
    })
    await prepare(fresh).catch((error: unknown) => fresh.end().then(() => Promise.reject(error)))
    if (closed.signal.aborted) return fresh.end()
    if (!alive) return
    client = fresh
    retryInMs = RECONNECT_FIRST_MS
  }

  const reconnect = async (): Promise<void> => {
    while (client === undefined && !closed.signal.aborted) {
      await connect().catch(() => { retryInMs = Math.min(2 * retryInMs, RECONNECT_AT_MOST_MS) })
      if (client === undefined) await delay(retryInMs, undefined, { signal: closed.signal, ref: false }).catch(() => undefined)
    }
  }

  const drop = (lost: pg.Client, reason: string): void => {
    if (client !== lost) return
    client = undefined
    lost.end().catch(() => undefined)
    onLost?.(reason)
    void reconnect()
  }

  const close = async (): Promise<void> => {
    closed.abort()
    const last = client
    client = undefined
    await last?.end()
  }

  await connect().catch(() => void reconnect())
  return { current: () => client, retryInMs: () => retryInMs, drop, close }
}
