import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Acknowledgement } from '../../events/wire/answers.js'
import { problem } from '../../events/wire/problems.js'
import { newId } from '../../platform/identifiers.js'
import { startServer } from '../support/server-process.js'
import { signedUp, type Person } from '../support/signed-up.js'
import { until } from '../support/until.js'

const WITHIN_MS = 120_000

/** The position of what was acknowledged, as `?after=` takes it. */
const said = async (answering: Promise<Response>): Promise<string> => {
  const answer = await answering
  if (!answer.ok) throw new Error(await answer.text())
  return encodeURIComponent(((await answer.json()) as Acknowledgement).position ?? '')
}

const read = async (who: Person, path: string): Promise<unknown> => (await who.get(path)).json()

describe('stories of a process as npm start runs it', () => {
  it('are posted, come to a follower\'s tray and notifications, are counted, and go', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'tidings-stories-'))
    chmodSync(directory, 0o711)
    const server = await startServer(directory)
    try {
      const [ada, bob] = [await signedUp(server, { handle: 'ada_1' }), await signedUp(server, { handle: 'bob_1' })]
      await said(bob.post('/v1/account/commands', { type: 'Follow', userId: ada.account }))
      const storyId = newId()
      await until(async () => (await read(ada, '/v1/account/followers') as { accounts: unknown[] }).accounts.length === 1)
      const posted = await said(ada.post('/v1/stories/commands', { type: 'PostStory', storyId, tier: 'followers', content: { text: 'hello @bob_1' } }))
      expect(await read(bob, `/v1/stories?after=${posted}`)).toMatchObject({ authors: [{ author: ada.account, unseen: 1, stories: [{ storyId, tier: 'followers', seen: false }] }] })
      expect(await read(bob, `/v1/stories/${storyId}`)).toMatchObject({ content: { text: 'hello @bob_1' }, seen: false })
      expect(await read(bob, '/v1/notifications')).toMatchObject({ notifications: [{ type: 'storyMention', story_id: storyId }] })
      const reacted = await said(bob.post('/v1/stories/commands', { type: 'ReactToStory', author: ada.account, storyId, reaction: { text: 'wow' } }))
      expect(await read(ada, `/v1/stories/${storyId}/viewers?after=${reacted}`)).toMatchObject({ views: 1, viewers: [{ userId: bob.account, reaction: { text: 'wow' } }] })
      expect(await read(ada, '/v1/notifications')).toMatchObject({ notifications: [{ type: 'reaction', actor: bob.account, story_id: storyId }, { type: 'follower' }] })
      const deleted = await said(ada.post('/v1/stories/commands', { type: 'DeleteStory', storyId }))
      for (const who of [ada, bob]) {
        expect(await read(who, `/v1/stories/${storyId}`)).toEqual(problem('not-found'))
        expect(JSON.stringify([await read(who, `/v1/stories?after=${deleted}`), await read(who, '/v1/notifications')])).not.toContain(storyId)
      }
      await Promise.all([ada.client.close(), bob.client.close()])
    } finally {
      await server.end('SIGTERM')
      rmSync(directory, { recursive: true, force: true })
    }
  }, WITHIN_MS)
})
