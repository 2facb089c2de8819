import type { Problem } from '../events/wire/answers.js'
import type { ServerFrame } from '../events/wire/frames.js'
import { backoffMs } from './backoff.js'
import { ClientStopped, type ClientState } from './client.js'
import type { ClientLimits } from './limits.js'
import { session, type Ending, type Session, type SessionSurroundings } from './session.js'

export interface Connection {
  readonly live: () => Promise<void>
  readonly drop: () => void
  readonly close: () => Promise<void>
}

export interface ConnectionSurroundings extends Omit<SessionSurroundings, 'hear' | 'onEnded'> {
  readonly onSync: (token: string) => void
  readonly onState: (state: ClientState) => void
  /** The gateway knows us: requests may be sent until `onDown`. */
  readonly onUp: (send: (frame: string) => void) => void
  /** The gateway is going away: call `leave` once nothing is under way any more. */
  readonly onGoing: (leave: () => void) => void
  readonly onDown: () => void
  readonly onStopped: (error: ClientStopped) => void
  /** Everything but the session's own frames; `gap` begins the session again at its last sync token. */
  readonly onFrame: (frame: ServerFrame) => 'taken' | 'gap'
  readonly random: () => number
}

/** Close codes by their hundreds (events/wire/close-codes.ts), so that later codes are understood; others are the network's. */
const meaningOf = (code: number): 'resume' | 'sign-in' | 'stop' => {
  if (code >= 4100 && code < 4200) return 'sign-in'
  return code >= 4200 && code < 4300 ? 'stop' : 'resume'
}

type Next = { readonly _tag: 'Wait'; readonly ms: number } | { readonly _tag: 'Stop'; readonly reason: string }

/** What follows the end of a session; counts failures until a session is live. */
const endings = (limits: ClientLimits, random: () => number) => {
  let attempts = 0
  let tokensRefused = 0
  let said: Problem | undefined
  let leastMs = 0
  return {
    succeeded: () => {
      attempts = 0
      tokensRefused = 0
    },
    /** What the gateway says before it closes. */
    told: (problem: Problem) => {
      said = problem
      leastMs = problem.retryAfterMs ?? 0
    },
    sentAway: (afterMs: number) => { leastMs = afterMs },
    next: (ending: Ending): Next => {
      const meaning = ending._tag === 'Closed' ? meaningOf(ending.code) : 'resume'
      if (meaning === 'sign-in') tokensRefused += 1
      if (ending._tag === 'Closed' && (meaning === 'stop' || tokensRefused >= limits.tokensRefused)) {
        return { _tag: 'Stop', reason: `the gateway closed with ${ending.code}${said === undefined ? '' : `: ${said.title}`}` }
      }
      const ms = leastMs + backoffMs(attempts, limits, random)
      attempts += 1
      said = undefined
      leastMs = 0
      return { _tag: 'Wait', ms }
    },
  }
}

/** What the application can wait for. */
const states = (onState: (state: ClientState) => void) => {
  let waiters: ReadonlyArray<{ readonly resolve: () => void; readonly reject: (error: Error) => void }> = []
  let state: ClientState = 'connecting'
  let stopped: ClientStopped | undefined
  const enter = (next: ClientState) => {
    state = next
    const released = next === 'live' || next === 'stopped' ? waiters : []
    if (released.length > 0) waiters = []
    released.forEach(({ resolve, reject }) => { if (stopped === undefined) resolve(); else reject(stopped) })
    onState(next)
  }
  return {
    enter,
    stop: (reason: string): ClientStopped => {
      stopped = new ClientStopped(reason)
      enter('stopped')
      return stopped
    },
    hasStopped: () => stopped !== undefined,
    live: () =>
      new Promise<void>((resolve, reject) => {
        if (stopped !== undefined) reject(stopped)
        else if (state === 'live') resolve()
        else waiters = [...waiters, { resolve, reject }]
      }),
  }
}

const lastSync = (first: string | undefined, onSync: (token: string) => void) => {
  let token = first
  return {
    token: () => token,
    keep: (frame: ServerFrame) => {
      if (!('sync' in frame) || frame.sync === undefined) return
      token = frame.sync
      onSync(token)
    },
  }
}

/** Sessions one after another until the client is closed or told to stay away; each begins at the last sync token received. */
export const connection = (surroundings: ConnectionSurroundings): Connection => {
  const { limits, random, onUp, onGoing, onDown, onFrame, onStopped } = surroundings
  const after = endings(limits, random)
  const state = states(surroundings.onState)
  const sync = lastSync(surroundings.sync, surroundings.onSync)
  let current: Session | undefined
  let resting: ReturnType<typeof setTimeout>

  const hear = (frame: ServerFrame, send: (text: string) => void): 'taken' | 'gap' => {
    sync.keep(frame)
    if (frame.type === 'reconnect') {
      after.sentAway(frame.afterMs)
      onGoing(() => { void current?.leave() })
    }
    if (frame.type === 'error') after.told(frame.problem)
    if (frame.type === 'welcome') {
      state.enter('catching-up')
      onUp(send)
    }
    if (frame.type === 'caught_up') {
      after.succeeded()
      state.enter('live')
    }
    return onFrame(frame)
  }
  const begin = () => {
    state.enter('connecting')
    current = session({ ...surroundings, sync: sync.token(), hear, onEnded })
  }
  const onEnded = (ending: Ending) => {
    onDown()
    if (state.hasStopped()) return
    const next = after.next(ending)
    if (next._tag === 'Stop') {
      onStopped(state.stop(next.reason))
    } else {
      state.enter('waiting')
      resting = setTimeout(begin, next.ms)
    }
  }
  resting = setTimeout(begin)

  return {
    live: state.live,
    drop: () => { current?.drop() },
    close: async () => {
      if (!state.hasStopped()) onStopped(state.stop('closed'))
      clearTimeout(resting)
      await current?.leave()
    },
  }
}
