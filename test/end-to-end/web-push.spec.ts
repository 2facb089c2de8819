import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pushLimits } from '../../gateway/limits.js'
import { newId } from '../../platform/identifiers.js'
import { startPushService } from '../support/push-service.js'
import { program, startServer, type ServerProcess } from '../support/server-process.js'
import { signedUp, type Person } from '../support/signed-up.js'
import { until } from '../support/until.js'

const subscriptions = '/v1/account/push-subscriptions'
const STARTED_WITHIN_MS = 30_000

describe('Web Push at the real program', () => {
  const directory = mkdtempSync(join(tmpdir(), 'tidings-push-'))
  const environment: Record<string, string> = {}
  let [server, service]: [ServerProcess | undefined, Awaited<ReturnType<typeof startPushService>> | undefined] = [undefined, undefined]
  const there = () => {
    if (server === undefined || service === undefined) throw new Error('it did not start')
    return { server, service }
  }

  beforeAll(async () => {
    chmodSync(directory, 0o711)
    service = await startPushService()
    const certificateFile = join(directory, 'push-service.pem')
    writeFileSync(certificateFile, service.certificate)
    const { stdout } = spawnSync(process.execPath, [program, 'keys', 'vapid'], { encoding: 'utf8' })
    for (const line of stdout.trim().split('\n')) environment[line.slice(0, line.indexOf('='))] = line.slice(line.indexOf('=') + 1)
    Object.assign(environment, { TIDINGS_PUSH_HOSTS: service.host, NODE_EXTRA_CA_CERTS: certificateFile })
    server = await startServer(directory, environment)
  })
  afterAll(async () => {
    await server?.end('SIGTERM')
    await service?.close()
    rmSync(directory, { recursive: true, force: true })
  })

  const put = ({ token, device }: Person, subscription: object) => fetch(`${there().server.api}${subscriptions}`, {
    method: 'PUT', headers: { authorization: `Bearer ${token}`, 'tidings-device': device, 'content-type': 'application/json' }, body: JSON.stringify(subscription),
  })

  it('M3: a mention reaches the browser of who is away, also what was said while the server was gone from it, once each by id', async () => {
    const [ada, bob] = [await signedUp(there().server, { handle: 'ada_push' }), await signedUp(there().server, { handle: 'bob_push' })]
    const { publicKey } = (await (await bob.get('/v1/account/push-key')).json()) as { readonly publicKey: string }
    expect(publicKey).toBe(environment['TIDINGS_VAPID_PUBLIC_KEY'])
    const browser = there().service.subscribe(201)
    expect((await put(bob, browser.subscription)).status).toBe(204)
    await bob.client.close()
    const conversation = newId()
    await ada.client.command(conversation, { type: 'CreateConversation', kind: 'group', encryption: 'readable', members: [bob.account] })
    const say = (text: string) => ada.client.command(conversation, { type: 'SendMessage', messageId: newId(), content: { text: `${text} @bob_push` } })
    const heard = () => browser.waiting().flatMap(({ type, message_preview }) => (type === 'mention' ? [message_preview] : []))
    await say('first')
    await until(() => heard().length === 1)
    await say('second')
    await there().server.end('SIGKILL')
    await ada.client.close()
    server = await startServer(directory, environment)
    // What the killed process was sending is held for it, and due again after that.
    await until(() => heard().length === 2, pushLimits.heldMs + STARTED_WITHIN_MS)
    expect([...heard()].sort()).toEqual(['first @bob_push', 'second @bob_push'])
  })

  it('what is no subscription is refused with what to do', async () => {
    const eve = await signedUp(there().server, { handle: 'eve_push' })
    const { subscription } = there().service.subscribe(201)
    for (const bad of [{ ...subscription, endpoint: 'https://169.254.169.254/' }, { ...subscription, keys: {} }, { ...subscription, more: 1 }, { ...subscription, endpoint: `https://${there().service.host}/${'x'.repeat(2_000)}` }]) {
      const answer = await put(eve, bad)
      expect([answer.status, ((await answer.json()) as { readonly type: string }).type]).toEqual([400, 'urn:tidings:problem:malformed'])
    }
    expect((await put({ ...eve, device: newId() }, subscription)).status).toBe(403)
    await eve.client.close()
  })
})
