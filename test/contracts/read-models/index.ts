import { afterAll, beforeAll, describe } from 'vitest'
import { accounts } from './accounts.js'
import { audience } from './audience.js'
import { facts } from './facts.js'
import { inbox } from './inbox.js'
import { lastSeen } from './last-seen.js'
import { notifications } from './notifications.js'
import { repeating } from './repeating.js'
import { sessions } from './sessions.js'
import { stories } from './stories.js'
import type { OpenReadModels } from './subject.js'
import { timeline } from './timeline.js'
import { visibility } from './visibility.js'

/**
 * What read models and everything that is read from them hold, on every adapter. Most tests share one set of tables and
 * have conversations and accounts of their own.
 */
export const readModelsContract = (name: string, open: () => Promise<OpenReadModels>): void => {
  describe(`the read models contract, ${name}`, () => {
    let opened: OpenReadModels | undefined
    beforeAll(async () => { opened = await open() })
    afterAll(() => opened?.close())
    const subject = (): OpenReadModels => {
      if (opened === undefined) throw new Error('the read models did not open')
      return opened
    }
    for (const behaviour of [timeline, visibility, inbox, accounts, audience, lastSeen, sessions, facts, notifications, stories]) behaviour(subject)
    repeating(open)
  })
}
