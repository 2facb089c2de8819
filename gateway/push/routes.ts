import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import Type, { type Static } from 'typebox'
import type { CommandSide } from '../../command-side/index.js'
import { limits } from '../../events/limits.js'
import { closed } from '../../events/schemas/common.js'
import type { Problem } from '../../events/wire/answers.js'
import { problem } from '../../events/wire/problems.js'
import type { Clock } from '../../platform/clock.js'
import type { Route } from '../../platform/http-route.js'
import type { PushStore, PushStoreUnavailable } from '../ports.js'

export interface PushRoutesParts {
  readonly store: PushStore
  readonly commandSide: Pick<CommandSide, 'deviceIsLive'>
  /** The server's VAPID key (RFC 8292), base64url. */
  readonly publicKey: string
  /** Whether the endpoint is at a push service that this server calls. */
  readonly mayCall: (endpoint: string) => boolean
  readonly clock: Clock
}

const Base64Url = (characters: number) => Type.String({ pattern: `^[A-Za-z0-9_-]{${characters}}={0,2}$` })

/** As the browser's `PushSubscription` gives it (RFC 8291: a point of P-256, 16 secret bytes). */
const Subscription = closed({
  endpoint: Type.String({ maxLength: limits.pushEndpointCharacters, description: 'https, at a push service that the server calls (setting `pushHosts`)' }),
  keys: closed({ p256dh: Base64Url(87), auth: Base64Url(22) }),
})

const url = '/v1/account/push-subscriptions'
const tags = ['push']
const done = TE.map((): { readonly status: number; readonly body: unknown } => ({ status: 204, body: null }))
const away = TE.mapLeft(({ retryAfterMs }: PushStoreUnavailable): Problem => problem('unavailable', { retryAfterMs }))

/** Push subscriptions of devices over HTTP. Mounted only where Web Push is on. */
export const pushRoutes = ({ store, commandSide, publicKey, mayCall, clock }: PushRoutesParts): ReadonlyArray<Route<Problem>> => [
  {
    method: 'GET',
    url: '/v1/account/push-key',
    operationId: 'pushKey',
    summary: 'The key that browsers subscribe with (`applicationServerKey`). Not found where this server pushes to no browsers.',
    tags,
    access: 'account',
    schema: { response: { 200: closed({ publicKey: Type.String() }) } },
    handle: () => TE.right({ status: 200, body: { publicKey } }),
  },
  {
    method: 'PUT',
    url,
    operationId: 'subscribePush',
    summary: `Push notifications to this device's browser, in place of what it subscribed before. The account's oldest subscription over ${limits.pushSubscriptions} goes.`,
    tags,
    access: 'device',
    schema: { body: Subscription, response: { 204: Type.Null() } },
    handle: ({ caller, body }) => {
      const { endpoint, keys } = body as Static<typeof Subscription>
      if (!mayCall(endpoint)) {
        const detail = 'Subscribe at a push service that this server calls, over https.'
        return TE.left(problem('malformed', { detail, errors: [{ path: '/endpoint', message: 'not at a push service that is called' }] }))
      }
      const ifLive = pipe(commandSide.deviceIsLive(caller), TE.chain((live) => (live ? TE.right(undefined) : TE.left(problem('device-unknown')))))
      // Asked again afterwards: a device that is revoked meanwhile is seen here, one that is revoked later by the pusher.
      return pipe(
        ifLive,
        TE.chain(() => away(store.subscribe(caller, { endpoint, keys }, clock()))),
        TE.chain(() => pipe(ifLive, TE.orElseW((refused) => pipe(away(store.unsubscribe(caller)), TE.chain(() => TE.left<Problem>(refused)))))),
        done,
      )
    },
  },
  {
    method: 'DELETE',
    url,
    operationId: 'unsubscribePush',
    summary: 'Push nothing more to this device. May be sent again.',
    tags,
    access: 'device',
    schema: { response: { 204: Type.Null() } },
    handle: ({ caller }) => pipe(away(store.unsubscribe(caller)), done),
  },
]
