import * as E from 'fp-ts/lib/Either.js'
import type { ClientFrame, ServerFrame } from '../events/wire/frames.js'
import { readFrame } from './frames.js'
import { heartbeat } from './heartbeat.js'
import type { ClientLimits } from './limits.js'
import { abandon, depart, listen, type SocketConstructor, type SocketLike } from './socket.js'

/** Why a session ended: closed from outside, or given up from our side. */
export type Ending = { readonly _tag: 'Closed'; readonly code: number } | { readonly _tag: 'GivenUp' }

export interface SessionSurroundings {
  readonly url: string
  readonly device: string
  readonly token: () => Promise<string>
  readonly sync: string | undefined
  readonly webSocket: () => Promise<SocketConstructor>
  /** Gets each frame in order. `gap`: the session has lost its place and ends. */
  readonly hear: (frame: ServerFrame, send: (frame: string) => void) => 'taken' | 'gap'
  /** Called once, within the call that ends it; nothing is heard or sent afterwards. */
  readonly onEnded: (ending: Ending) => void
  readonly now: () => number
  readonly limits: ClientLimits
}

export interface Session {
  /** Cuts the socket without a word. */
  readonly drop: () => void
  /** Says goodbye; resolves once the socket is closed. */
  readonly leave: () => Promise<void>
}

const NORMAL_CLOSURE = 1000
const givenUp: Ending = { _tag: 'GivenUp' }
const text = (frame: ClientFrame): string => JSON.stringify(frame)

/** One socket's life: token, upgrade, `hello`, then frames until it ends. Silence ends it (requirement X23). */
export const session = ({ url, device, token, sync, webSocket, hear, onEnded, now, limits }: SessionSurroundings): Session => {
  let socket: SocketLike | undefined
  let over = false
  let departed = Promise.resolve()

  const send = (frame: string) => {
    if (!over) socket?.send(frame)
  }
  const finish = (ending: Ending, part: (socket: SocketLike) => void) => {
    if (over) return
    over = true
    beat.end()
    if (socket !== undefined) part(socket)
    onEnded(ending)
  }
  const goodbye = (open: SocketLike) => { departed = depart(open, text({ type: 'bye' }), NORMAL_CLOSURE, limits.closeWithinMs) }
  const giveUp = () => { finish(givenUp, abandon) }
  const beat = heartbeat(now, limits.connectWithinMs, () => { send(text({ type: 'ping' })) }, giveUp)

  const received = (data: unknown) => {
    if (over) return
    beat.heard()
    const frame = readFrame(data)
    if (E.isLeft(frame)) return frame.left._tag === 'NotAFrame' ? giveUp() : undefined
    if (frame.right.type === 'ping') send(text({ type: 'pong' }))
    if (frame.right.type === 'welcome') beat.agree(frame.right)
    if (hear(frame.right, send) === 'gap') giveUp()
  }

  const connect = async () => {
    const [Socket, access] = await Promise.all([webSocket(), token()])
    if (over) return
    const opened = new Socket(url)
    socket = opened
    listen(opened, {
      opened: () => { send(text({ type: 'hello', device, token: access, ...(sync === undefined ? {} : { sync }) })) },
      received,
      closed: (code) => { finish({ _tag: 'Closed', code }, abandon) },
    })
  }
  connect().catch(giveUp)

  return {
    drop: giveUp,
    leave: async () => {
      finish(givenUp, goodbye)
      await departed
    },
  }
}
