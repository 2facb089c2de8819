import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newId } from '../../platform/identifiers.js'
import type { TimelinePage } from '../../read-side/index.js'
import { program, startServer, type ServerProcess } from '../support/server-process.js'
import { signedUp } from '../support/signed-up.js'
import { until } from '../support/until.js'

const profile = { handle: 'zq_handle_canary', name: 'Zq Name Canary', email: 'zq-mail-canary@example.org' }
const canaries = { ...profile, group: 'zq group canary' }
/** Of a readable conversation: its words lie in the search index (ADR 0020). */
const text = 'zq text canary'

const filesBelow = (folder: string): ReadonlyArray<string> =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? filesBelow(join(folder, entry.name)) : entry.isFile() ? [join(folder, entry.name)] : []))

describe('npm start on embedded defaults', () => {
  const directory = mkdtempSync(join(tmpdir(), 'tidings-start-'))
  let server: ServerProcess
  let conversation = ''
  beforeAll(async () => {
    chmodSync(directory, 0o711)
    server = await startServer(directory)
  })
  afterAll(async () => {
    await server.end('SIGTERM')
    rmSync(directory, { recursive: true, force: true })
  })

  it('Z2: prints its addresses and a first thing to try, and that works', async () => {
    await until(() => server.output().includes('Ctrl-C stops it'))
    expect(server.output()).toContain(`${server.api}/docs`)
    const [, body = ''] = /-d '(\{.*\})'/.exec(server.output()) ?? []
    const answer = await fetch(`${server.api}/v1/auth/sign-up`, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    expect(answer.status).toBe(201)
    expect((await fetch(`${server.api}/docs`)).status).toBe(200)
    expect((await fetch(`${server.api}/openapi.json`)).status).toBe(200)
  })

  it('a command becomes an event, a projection, a push; whoever hears of it can read it (G9)', async () => {
    const [ada, bob] = [await signedUp(server, profile), await signedUp(server, { handle: 'bob_1' })]
    conversation = newId()
    await ada.client.command(conversation, { type: 'CreateConversation', kind: 'group', encryption: 'readable', members: [bob.account], name: { text: canaries.group } })
    const { sequence, position } = await ada.client.command(conversation, { type: 'SendMessage', messageId: newId(), content: { text: text } })
    await until(() => bob.heard.some((event) => event.sequence === sequence))
    expect(bob.heard.map((event) => event.sequence)).toEqual([...Array(sequence + 1).keys()].slice(2))
    expect(bob.heard.at(-1)).toMatchObject({ type: 'MessageSent', content: { text: text } })
    const page = (await (await bob.get(`/v1/conversations/${conversation}/messages?after=${position}`)).json()) as TimelinePage
    expect(page.messages).toMatchObject([{ sequence, content: { text: text }, sender: ada.account }])
    await Promise.all([ada.client.close(), bob.client.close()])
  })

  it('Ctrl-C stops everything within 5 s, and a second start keeps all data', async () => {
    // 0 says that every step ended in order, which the shutdown allows 4.5 s for.
    expect(await server.end('SIGINT')).toBe(0)
    server = await startServer(directory)
    const again = await fetch(`${server.api}/v1/auth/sign-in`, {
      method: 'POST', headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ handle: canaries.handle, password: `${canaries.handle}: correct horse battery` }),
    })
    const { accessToken } = (await again.json()) as { accessToken: string }
    const page = await fetch(`${server.api}/v1/conversations/${conversation}/messages`, { headers: { authorization: `Bearer ${accessToken}` } })
    expect(((await page.json()) as TimelinePage).messages).toMatchObject([{ content: { text: text } }])
  })

  it('E8: no raw file of the database, no log line holds a name, an address, a handle or content', () => {
    const raw = filesBelow(directory).filter((path) => !path.includes('keyring'))
    const found = raw.flatMap((path) => {
      const bytes = readFileSync(path)
      return Object.values(canaries).filter((canary) => bytes.includes(canary)).map((canary) => `${canary} in ${path}`)
    })
    expect(raw.length).toBeGreaterThan(50)
    expect(found).toEqual([])
    expect(Object.values(canaries).filter((canary) => server.output().includes(canary))).toEqual([])
  })
})

describe('tidings', () => {
  const run = (args: ReadonlyArray<string>, environment: Readonly<Record<string, string>> = {}) =>
    spawnSync(process.execPath, [program, ...args], { encoding: 'utf8', env: { ...process.env, ...environment } })

  it('refuses to start on unknown and bad settings, with every reason', () => {
    const { status, stderr } = run(['start'], { TIDINGS_HTTP_PROT: '1', TIDINGS_LOG_LEVEL: 'loud' })
    expect(status).toBe(1)
    expect(stderr).toContain('TIDINGS_HTTP_PROT: no such setting; did you mean TIDINGS_HTTP_PORT?')
    expect(stderr).toContain('TIDINGS_LOG_LEVEL')
  })

  it('config prints each setting with its source, and no secret', () => {
    const { status, stdout } = run(['config'], { TIDINGS_POSTGRES_URL: 'postgres://me:hush@nowhere/x' })
    expect(status).toBe(0)
    expect(stdout).toContain('postgresUrl = (set, not shown)   [environment; TIDINGS_POSTGRES_URL]')
    expect(stdout).toContain('httpPort = 8080   [default; TIDINGS_HTTP_PORT]')
    expect(stdout).not.toContain('hush')
  })

  it('log read refuses what is no stream of ours', () => {
    const { status, stderr } = run(['log', 'read', '$all'])
    expect([status, stderr]).toEqual([1, expect.stringContaining('is no stream of ours')])
  })
})
