import type { DeliveredEvent } from '../events/wire/answers.js'
import type { ServerFrame } from '../events/wire/frames.js'
import type { Notification } from '../events/wire/notification.js'
import type { ClientHandlers, TidingsClient } from './client.js'
import { connection } from './connection.js'
import { clientLimits, type ClientLimits } from './limits.js'
import { mutes } from './mutes.js'
import { notifications } from './notifications.js'
import { outbox } from './outbox.js'
import { pipeline, type Pipeline } from './pipeline.js'
import { readMarkers } from './read-markers.js'
import { signals, type Signals } from './signals.js'
import { platformSocket, type SocketConstructor } from './socket.js'
import { view, type View } from './view.js'

export interface ClientOptions {
  /** `ws:` or `wss:`; never carries a token. */
  readonly url: string
  readonly device: string
  /** A fresh access token; asked for at each connect. A rejection counts as a network failure. */
  readonly token: () => Promise<string>
  readonly handlers: ClientHandlers
  /** A sync token to start from; without one the session starts at what happens from now on. */
  readonly sync?: string
  /** Each sync token as it comes, after the events before it were delivered: keep the last. */
  readonly onSync?: (token: string) => void
  /** The device's next command number per conversation, where it is known; the others are asked for before the first command. */
  readonly counters?: Readonly<Record<string, number>>
  /** Default: the platform's, else that of `ws`. */
  readonly webSocket?: SocketConstructor
  /** From 0 to below 1, for jitter. */
  readonly random?: () => number
  /** Milliseconds, only ever compared with each other. */
  readonly now?: () => number
  readonly limits?: Partial<ClientLimits>
}

const routed =
  (requests: Pipeline, events: View, beside: Signals, notify: (notification: Notification) => void, handlers: ClientHandlers) =>
  (frame: ServerFrame): 'taken' | 'gap' => {
    switch (frame.type) {
      case 'event':
        return events.receive(frame.event)
      case 'ack':
      case 'refused':
        requests.answer(frame)
        return 'taken'
      case 'notification':
        notify(frame.notification)
        return 'taken'
      case 'read':
        for (const member of frame.members) handlers.onRead?.({ conversation: frame.conversation, ...member })
        return 'taken'
      case 'typing':
      case 'delivered':
      case 'presence':
        beside.hear(frame)
        return 'taken'
      case 'caught_up':
        beside.live()
        return 'taken'
      case 'resync':
        events.resync(frame.reason)
        return 'taken'
      default:
        return 'taken'
    }
  }

/** Connects and stays connected until `close`, a close code that says stop, or access tokens that are refused time after time. */
export const connectClient = (options: ClientOptions): TidingsClient => {
  const { url, device, token, handlers, webSocket, random = Math.random } = options
  const limits = { ...clientLimits, ...options.limits }
  const requests = pipeline(limits.inFlight)
  const commands = outbox({ pipeline: requests, limits, random, counters: options.counters ?? {} })
  const markers = readMarkers({ pipeline: requests, limits, random })
  const muting = mutes({ pipeline: requests, limits, random })
  const now = options.now ?? (() => performance.now())
  const beside = signals({ device, handlers, limits, now })
  const onEvent = (event: DeliveredEvent) => {
    handlers.onEvent(event)
    beside.delivered(event)
  }
  const events = view({ device, handlers: { ...handlers, onEvent }, reconnectsPerGap: limits.reconnectsPerGap })
  const { live, drop, close } = connection({
    url,
    device,
    token,
    sync: options.sync,
    webSocket: webSocket === undefined ? platformSocket : () => Promise.resolve(webSocket),
    now,
    random,
    limits,
    onSync: options.onSync ?? (() => undefined),
    onState: handlers.onState ?? (() => undefined),
    onUp: (send) => {
      beside.attach(send)
      requests.attach(send)
    },
    onGoing: requests.rest,
    onDown: () => {
      beside.detach()
      requests.detach()
    },
    onFrame: routed(requests, events, beside, notifications(limits.notificationIds, (one) => handlers.onNotification?.(one)), handlers),
    onStopped: (error) => {
      commands.stop(error)
      markers.stop(error)
      muting.stop(error)
    },
  })
  const { setTyping, watchPresence } = beside
  return { command: commands.command, markRead: markers.markRead, mute: muting.mute, setTyping, watchPresence, live, drop, close }
}
