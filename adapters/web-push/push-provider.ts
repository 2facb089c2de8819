import { request, type Agent } from 'node:https'
import * as E from 'fp-ts/lib/Either.js'
import webPush from 'web-push'
import type { Notification } from '../../events/wire/notification.js'
import type { PushFailure, PushProvider, PushSubscription } from '../../gateway/ports.js'

const TIMEOUT_MS = 10_000
const RETRY_AFTER_MS = 30_000
const LONGEST_RETRY_AFTER_MS = 3_600_000
const MILLISECONDS = 1_000
/** How long the service holds what it cannot deliver. */
const LIFETIME_SECONDS = 86_400
const REASON_CHARACTERS = 200

export interface WebPushOptions {
  /** VAPID (RFC 8292): who sends, as `mailto:` or `https:`, and its P-256 key pair, base64url. */
  readonly vapid: { readonly subject: string; readonly publicKey: string; readonly privateKey: string }
  /**
   * Hosts of push services, each with its subdomains. Endpoints come from clients: no other host is ever called, so that
   * nobody makes the server call whom they like.
   */
  readonly hosts: ReadonlyArray<string>
  /** Trusts other certificates; for tests. */
  readonly agent?: Agent
}

const refused = (reason: string): PushFailure => ({ _tag: 'PushRefused', reason: reason.slice(0, REASON_CHARACTERS) })

const flawOf = (endpoint: string, hosts: ReadonlyArray<string>): PushFailure | undefined => {
  const url = URL.parse(endpoint)
  if (url?.protocol !== 'https:') return refused('the endpoint is no https address')
  return hosts.some((host) => url.host === host || url.host.endsWith(`.${host}`)) ? undefined : refused(`${url.host} is no push service that is called`)
}

/** Whether an endpoint would be called at all. */
export const isPushEndpoint = (hosts: ReadonlyArray<string>) => (endpoint: string): boolean => flawOf(endpoint, hosts) === undefined

/** A new key pair of a server, base64url (RFC 8292). Browsers that subscribed with another one have to subscribe again. */
export const newVapidKeys = (): { readonly publicKey: string; readonly privateKey: string } => webPush.generateVAPIDKeys()

/** Seconds, or a date, which is not worth the trouble. */
const retryAfterMs = (header: string | undefined): number => {
  const seconds = Number(header)
  return header !== undefined && seconds > 0 ? Math.min(seconds * MILLISECONDS, LONGEST_RETRY_AFTER_MS) : RETRY_AFTER_MS
}

interface Answered {
  readonly status: number
  readonly retryAfter: string | undefined
}

/** What the service answers is never read beyond its head. Rejects when it cannot be reached in time. */
const send = ({ endpoint, method, headers, body }: webPush.RequestDetails, agent: Agent | undefined): Promise<Answered> =>
  new Promise((resolve, reject) => {
    const sending = request(endpoint, { method, headers: headers as Record<string, string>, agent, signal: AbortSignal.timeout(TIMEOUT_MS) }, (response) => {
      resolve({ status: response.statusCode ?? 0, retryAfter: response.headers['retry-after'] })
      response.destroy()
    })
    sending.on('error', reject)
    sending.end(body ?? undefined)
  })

const goneStatuses: ReadonlySet<number> = new Set([404, 410])
const laterStatuses: ReadonlySet<number> = new Set([408, 429])
const [MULTIPLE_CHOICES, SERVER_ERROR] = [300, 500]

const outcomeOf = ({ status, retryAfter }: Answered): E.Either<PushFailure, void> => {
  if (status < MULTIPLE_CHOICES) return E.right(undefined)
  if (goneStatuses.has(status)) return E.left({ _tag: 'SubscriptionGone' })
  if (!laterStatuses.has(status) && status < SERVER_ERROR) return E.left(refused(`answered ${status}`))
  return E.left({ _tag: 'PushUnavailable', retryAfterMs: retryAfterMs(retryAfter), reason: `answered ${status}` })
}

/** At most 32 characters of base64url name what replaces what (RFC 8030 §5.4). */
const topicOf = (id: string): string => id.replaceAll('-', '')

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** Web Push (RFC 8030): encrypted for the browser (RFC 8291), signed by the server (RFC 8292). Throws on VAPID keys that are none. */
export const webPushProvider = ({ vapid, hosts, agent }: WebPushOptions): PushProvider => {
  // The library checks them here; they are given anew with each request.
  webPush.setVapidDetails(vapid.subject, vapid.publicKey, vapid.privateKey)

  const requestOf = ({ endpoint, keys }: PushSubscription, notification: Notification): E.Either<PushFailure, webPush.RequestDetails> =>
    E.tryCatch(
      () => webPush.generateRequestDetails({ endpoint, keys: { ...keys } }, JSON.stringify({ type: 'notification', notification }), {
        vapidDetails: vapid, TTL: LIFETIME_SECONDS, contentEncoding: 'aes128gcm', topic: topicOf(notification.id),
      }),
      (error) => refused(reasonOf(error)),
    )

  return {
    push: (subscription, notification) => async () => {
      const flaw = flawOf(subscription.endpoint, hosts)
      if (flaw !== undefined) return E.left(flaw)
      const made = requestOf(subscription, notification)
      if (E.isLeft(made)) return made
      try {
        return outcomeOf(await send(made.right, agent))
      } catch (error) {
        return E.left({ _tag: 'PushUnavailable', retryAfterMs: RETRY_AFTER_MS, reason: reasonOf(error) })
      }
    },
  }
}
