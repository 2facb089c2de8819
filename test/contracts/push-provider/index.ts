import * as E from 'fp-ts/lib/Either.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { derivedId } from '../../../events/ids.js'
import type { Notification } from '../../../events/wire/notification.js'
import type { PushProvider, PushSubscription } from '../../../gateway/ports.js'

/** How a push service takes the next message. */
export type Manner = 'takes it' | 'is overloaded' | 'refuses it' | 'has forgotten the browser'

export interface OpenPushProvider {
  readonly provider: PushProvider
  /** A browser that subscribes at a service of that manner; `waiting` reads what the service holds for it, by the browser's own keys. */
  readonly subscribe: (manner: Manner) => Promise<{ readonly subscription: PushSubscription; readonly waiting: () => ReadonlyArray<Notification> }>
  readonly close: () => Promise<void>
}

const [id, someone, message] = [derivedId('push', 'id'), derivedId('push', 'someone'), derivedId('push', 'message')]

export const mention = (more: Partial<Notification> = {}): Notification => ({
  id, type: 'mention', account: someone, actor: someone, mentioned_by: someone, message_id: message, message_preview: 'grüße @you', created_at: 1, read: false, position: '1', ...more,
})

/** What every adapter of the push provider port holds. */
export const pushProviderContract = (name: string, open: () => Promise<OpenPushProvider>): void => {
  describe(`the push provider contract, ${name}`, () => {
    let opened: OpenPushProvider | undefined
    beforeAll(async () => { opened = await open() })
    afterAll(() => opened?.close())
    const subject = () => {
      if (opened === undefined) throw new Error('the provider did not open')
      return opened
    }

    it('the browser gets the notification as it is', async () => {
      const { subscription, waiting } = await subject().subscribe('takes it')
      expect(await subject().provider.push(subscription, mention())()).toEqual(E.right(undefined))
      expect(waiting()).toEqual([mention()])
    })

    it('X3: of an end-to-end encrypted message there is no content in it', async () => {
      const { subscription, waiting } = await subject().subscribe('takes it')
      const sealed = mention()
      delete sealed.message_preview
      await subject().provider.push(subscription, sealed)()
      expect(waiting()).toEqual([sealed])
    })

    it('M3: the same notification again waits once', async () => {
      const { subscription, waiting } = await subject().subscribe('takes it')
      for (const one of [mention(), mention(), mention({ id: someone }), mention()]) await subject().provider.push(subscription, one)()
      expect(waiting().map((one) => one.id).sort()).toEqual([id, someone].sort())
    })

    it('a browser that is gone, a refusal and a service that is away are told apart', async () => {
      const pushed = async (manner: Manner) => {
        const { subscription, waiting } = await subject().subscribe(manner)
        const outcome = await subject().provider.push(subscription, mention())()
        expect(waiting()).toEqual([])
        return outcome
      }
      expect(await pushed('has forgotten the browser')).toEqual(E.left({ _tag: 'SubscriptionGone' }))
      expect(await pushed('refuses it')).toEqual(E.left({ _tag: 'PushRefused', reason: expect.any(String) }))
      expect(await pushed('is overloaded')).toEqual(E.left({ _tag: 'PushUnavailable', retryAfterMs: 7_000, reason: expect.any(String) }))
    })
  })
}
