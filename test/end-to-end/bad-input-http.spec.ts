import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { signingKeysIn } from '../../adapters/issuer/signing-keys.js'
import { signAccessToken } from '../../adapters/issuer/tokens.js'
import { derivedId } from '../../events/ids.js'
import { limits } from '../../events/limits.js'
import { closeCodes } from '../../events/wire/close-codes.js'
import type { ConversationCommand } from '../../events/wire/commands.js'
import { newId } from '../../platform/identifiers.js'
import { unknownFields, wrongTypes, type Wrong } from '../support/bad-input.js'
import { describeWith } from '../support/services/index.js'
import { signedUp, type Person } from '../support/signed-up.js'
import { rawLine, refusalOf, watchedServer, type RawLine, type Refusal, type WatchedServer } from '../support/watched-server.js'
import { accountCommandSamples, commandSamples, conversationCommandSamples } from '../support/wire-samples.js'

/** Of a session; so many of them are answered. */
const MALFORMED_FRAMES = 16
const SIXTY_FIVE_KB = 65 * 1024

type Commands = Readonly<Record<ConversationCommand['type'], ConversationCommand>>

describeWith(['postgres'], 'bad input, over HTTP and over sockets', () => {
  let world: WatchedServer
  let [admin, member, removed, outsider]: ReadonlyArray<Person> = []
  let [conversation, target] = ['', 0]

  beforeAll(async () => {
    world = await watchedServer()
    const people = await Promise.all(['admin_1', 'member_1', 'removed_1', 'outsider_1'].map((handle) => signedUp(world.server, { handle })))
    ;[admin, member, removed, outsider] = people
    for (const person of people) (await rawLine(world.server, person, spareOf(person))).end()
    conversation = newId()
    const [lead, ...others] = people
    if (lead === undefined) throw new Error('nobody signed up')
    await lead.client.command(conversation, { type: 'CreateConversation', kind: 'group', encryption: 'readable', members: others.slice(0, 2).map(({ account }) => account) })
    target = (await lead.client.command(conversation, { type: 'SendMessage', messageId: newId(), content: { text: 'of the admin' } })).sequence
    for (const { client } of others.slice(0, 2)) await client.command(conversation, { type: 'SendMessage', messageId: newId(), content: { text: 'hello' } })
    await lead.client.command(conversation, { type: 'RemoveMember', userId: others[1]?.account ?? '' })
  })
  afterAll(async () => {
    for (const person of [admin, member, removed, outsider]) await person?.client.close()
    await world.close()
  })

  const the = (person: Person | undefined): Person => {
    if (person === undefined) throw new Error('nobody signed up')
    return person
  }
  const commandsAt = (id: string) => `/v1/conversations/${id}/commands`
  const overHttp = async (person: Person, id: string, counter: number, command: unknown): Promise<Refusal> => refusalOf(await person.post(commandsAt(id), { counter, command }))
  /** A second device of the person: what is refused uses no number, so its next one stays 1. */
  const spareOf = ({ account }: Person): string => derivedId('spare', account)
  const withLine = async <A>(person: Person, use: (line: RawLine) => Promise<A>): Promise<A> => {
    const line = await rawLine(world.server, person, spareOf(person))
    try {
      return await use(line)
    } finally {
      line.end()
    }
  }
  /** The same refusal over both, byte for byte. */
  const refusedByBoth = async (code: Parameters<WatchedServer['refused']>[0], person: Person, id: string, command: ConversationCommand, counter = 1): Promise<Refusal> => {
    const device = spareOf(person)
    const line = await rawLine(world.server, person, device)
    const http = await world.refused(code, async () => refusalOf(await fetch(`${world.server.api}${commandsAt(id)}`, {
      method: 'POST', body: JSON.stringify({ counter, command }),
      headers: { authorization: `Bearer ${person.token}`, 'tidings-device': device, 'content-type': 'application/json' },
    })))
    const socket = await world.refused(code, () => line.refusal({ type: 'command', conversation: id, counter, command }))
    line.end()
    expect(socket.text).toBe(http.text)
    return http
  }
  const commands = (): Commands => ({
    CreateConversation: { type: 'CreateConversation', kind: 'group', encryption: 'readable', members: [] },
    AddMembers: { type: 'AddMembers', members: [the(outsider).account] },
    RemoveMember: { type: 'RemoveMember', userId: the(admin).account },
    LeaveConversation: { type: 'LeaveConversation' },
    ChangeRole: { type: 'ChangeRole', userId: the(member).account, role: 'admin' },
    RenameConversation: { type: 'RenameConversation', name: { text: 'Climate' } },
    SendMessage: { type: 'SendMessage', messageId: newId(), content: { text: 'a word' } },
    EditMessage: { type: 'EditMessage', target, content: { text: 'another word' } },
    DeleteMessage: { type: 'DeleteMessage', target },
    React: { type: 'React', target, reaction: { text: '👍' } },
    Unreact: { type: 'Unreact', target, reaction: { text: '👍' } },
    PinMessage: { type: 'PinMessage', target },
    UnpinMessage: { type: 'UnpinMessage', target },
  })
  const names = Object.keys({ ...commands, ...Object.fromEntries(conversationCommandSamples.map(({ type }) => [type, type])) }) as ReadonlyArray<ConversationCommand['type']>

  const marks: Readonly<Record<string, string>> = { MarkRead: 'read', MuteConversation: 'mute' }
  const bodyOf = (type: string, value: unknown): readonly [path: string, body: unknown] => {
    if (conversationCommandSamples.some((sample) => sample.type === type)) return [commandsAt(conversation), { counter: 3, command: value }]
    if (accountCommandSamples.some((sample) => sample.type === type)) return ['/v1/account/commands', value]
    const mark = marks[type]
    if (mark === undefined) return ['/v1/stories/commands', value]
    return [`/v1/conversations/${conversation}/${mark}`, Object.fromEntries(Object.entries(value as object).filter(([name]) => name !== 'type'))]
  }
  /** Over HTTP the address says which mark it is. */
  const isToldByAddress = (type: string, { what, value }: Wrong) => type in marks && (what.startsWith('/type') || typeof value !== 'object' || value === null || Array.isArray(value))

  it.each(commandSamples)('Z1: $type with a field too many, or one of another type: malformed, and where', async ({ type, value }) => {
    const before = await world.stored()
    const wrong = [...unknownFields(value), ...wrongTypes(value)].filter((one) => !isToldByAddress(type, one))
    for (const { what, value: bad } of wrong) {
      const [path, body] = bodyOf(type, bad)
      const { problem } = await refusalOf(await the(member).post(path, body))
      expect({ what, type: problem.type, told: (problem.errors ?? []).length > 0 || /JSON|name/u.test(problem.detail) }).toEqual({ what, type: 'urn:tidings:problem:malformed', told: true })
    }
    expect(await world.stored()).toBe(before)
  })

  it.each(conversationCommandSamples)('G4: the same over the socket: $type', async ({ value }) => {
    const [unknown, types] = [unknownFields(value).filter(({ what }) => what.includes('more')), wrongTypes(value)]
    const wrong = [...unknown, ...types].slice(0, MALFORMED_FRAMES - 1)
    const before = await world.stored()
    await withLine(the(member), async (line) => {
      for (const { what, value: command } of wrong) {
        const { problem } = await line.refusal({ type: 'command', conversation, counter: 3, command })
        expect({ what, type: problem.type, told: (problem.errors ?? []).length > 0 }).toEqual({ what, type: 'urn:tidings:problem:malformed', told: true })
      }
    })
    expect(await world.stored()).toBe(before)
  })

  it('too large: content over its limit, a body and a frame over 64 KiB', async () => {
    const heavy = (bytes: number): ConversationCommand => ({ type: 'SendMessage', messageId: newId(), content: { text: 'ž'.repeat(bytes / 2) } })
    await refusedByBoth('too-large', the(member), conversation, heavy(limits.contentBytes + 2))
    await world.refused('too-large', () => overHttp(the(member), conversation, 3, heavy(SIXTY_FIVE_KB)))
    const before = await world.stored()
    await withLine(the(member), async (line) => {
      line.say(JSON.stringify({ type: 'command', request: 1, conversation, counter: 3, command: heavy(SIXTY_FIVE_KB) }))
      expect(await line.closed).toBe(closeCodes.frameTooLarge.code)
      expect(line.frames.at(-1)).toMatchObject({ type: 'error', problem: { type: 'urn:tidings:problem:too-large' } })
    })
    expect(await world.stored()).toBe(before)
  })

  it.each(names)('E9: %s by an outsider, by a removed member, in a conversation that is not there: not found, to the byte alike', async (name) => {
    const command = commands()[name]
    const foreign = await refusedByBoth('not-found', the(outsider), conversation, command)
    const gone = await refusedByBoth('not-found', the(removed), conversation, command)
    expect(gone.text).toBe(foreign.text)
    if (name !== 'CreateConversation') expect((await refusedByBoth('not-found', the(outsider), newId(), command)).text).toBe(foreign.text)
  })

  it.each(['AddMembers', 'RemoveMember', 'ChangeRole', 'RenameConversation', 'EditMessage', 'DeleteMessage'] as const)('E9: %s without the role: forbidden', async (name) => {
    await refusedByBoth('forbidden', the(member), conversation, commands()[name])
  })

  it('L5: a used number, a number too far on, a message id with other words', async () => {
    const { post } = the(member)
    const messageId = newId()
    const said = (text: string, id = messageId) => ({ type: 'SendMessage', messageId: id, content: { text } })
    expect((await post(commandsAt(conversation), { counter: 2, command: said('first') })).ok).toBe(true)
    const used = await world.refused('counter-reused', () => overHttp(the(member), conversation, 2, said('another', newId())))
    const skipped = await world.refused('counter-skipped', () => overHttp(the(member), conversation, 9, said('later', newId())))
    expect([used.problem.expectedCounter, skipped.problem.expectedCounter]).toEqual([3, 3])
    await world.refused('message-id-reused', () => overHttp(the(member), conversation, 3, said('other words')))
    const before = await world.stored()
    const again = await post(commandsAt(conversation), { counter: 2, command: said('first') })
    expect([again.status, await world.stored()]).toEqual([200, before])
    expect((await refusedByBoth('counter-skipped', the(member), conversation, { ...commands().SendMessage }, 5)).problem.expectedCounter).toBe(1)
    await refusedByBoth('message-id-reused', the(member), conversation, said('over the socket') as ConversationCommand)
  })

  it('E9: an expired, a foreign, an altered and no token; a device of somebody else', async () => {
    const sign = (directory: string, at: number) => signAccessToken({
      keys: signingKeysIn(join(directory, 'issuer-keys.json'), () => Date.now()), issuer: world.server.api, audience: 'tidings', lifetimeMs: 60_000, clock: () => at, newId,
    }, the(member).account, newId())
    const own = await sign(world.directory, Date.now())
    const elsewhere = mkdtempSync(join(world.directory, 'foreign-'))
    const bad = {
      expired: await sign(world.directory, Date.now() - 600_000), foreign: await sign(elsewhere, Date.now()),
      altered: `${own.slice(0, -4)}AAAA`, none: '',
    }
    const send = (token: string, device = the(member).device) => fetch(`${world.server.api}${commandsAt(conversation)}`, {
      method: 'POST', body: JSON.stringify({ counter: 3, command: commands().SendMessage }),
      headers: { ...(token === '' ? {} : { authorization: `Bearer ${token}` }), 'tidings-device': device, 'content-type': 'application/json' },
    })
    for (const token of Object.values(bad)) await world.refused('unauthenticated', async () => refusalOf(await send(token)))
    await world.refused('device-unknown', async () => refusalOf(await send(own, the(admin).device)))
    await world.refused('device-unknown', async () => refusalOf(await send(own, newId())))
    expect((await send(own)).status).toBe(200)
  })
})
