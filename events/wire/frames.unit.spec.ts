import { Compile } from 'typebox/compile'
import { describe, expect, it } from 'vitest'
import { missingFields, unknownFields, wrongTypes } from '../../test/support/bad-input.js'
import { conversationCommandSamples } from '../../test/support/wire-samples.js'
import { ClientFrame, clientFrames, ServerFrame, type serverFrames } from './frames.js'
import { problem } from './problems.js'

const id = '01990a1b-2c3d-7001-8025-5eed00000001'
const command = conversationCommandSamples.find(({ type }) => type === 'SendMessage')?.value
const hash = 'x'.repeat(43)
const event = {
  conversation: id, sequence: 1, position: '000000000001', id, type: 'MessageSent', version: 1, data: { any: 'thing' },
  metadata: { recordedAt: 1, actor: id, device: id, command: { counter: 1 }, correlation: id, previous: hash },
  content: { text: 'x' }, salt: 'x'.repeat(22), erased: true,
}
const ack = { messageId: id, sequence: 1, recordedAt: 1, mentions: [{ handle: 'hanna', outcome: 'notified' }], position: '1', unchanged: true }

const notification = {
  id, type: 'mention', account: id, actor: id, mentioned_by: id, conversation_id: id, sequence: 1, message_id: id, message_preview: 'hello', story_id: id,
  created_at: 1, read: false, position: '1',
}

const fromClients: Readonly<Record<keyof typeof clientFrames, object>> = {
  hello: { token: 'token', device: id, sync: 'sync' },
  command: { request: 1, conversation: id, counter: 1, command },
  read: { request: 1, conversation: id, through: 3 },
  mute: { request: 1, conversation: id, muted: true },
  typing: { conversation: id },
  delivered: { conversation: id, through: 3 },
  watch: { accounts: [id] },
  ping: {},
  pong: {},
  bye: {},
}
const fromServer: Readonly<Record<keyof typeof serverFrames, object>> = {
  welcome: { session: id, heartbeatMs: 30_000, deadAfterMs: 75_000 },
  event: { event },
  read: { conversation: id, members: [{ userId: id, through: 3 }] },
  typing: { conversation: id, userId: id },
  delivered: { conversation: id, members: [{ userId: id, through: 3 }] },
  presence: { userId: id, online: false, lastSeenAt: 1_764_042_000_000 },
  notification: { notification },
  caught_up: { sync: 'sync' },
  sync: { sync: 'sync' },
  resync: { reason: 'expired' },
  ack: { request: 1, ack },
  refused: { request: 1, problem: problem('counter-skipped', { expectedCounter: 4 }) },
  reconnect: { afterMs: 100, sync: 'sync' },
  error: { problem: problem('malformed', { errors: [{ path: '/x', message: 'no' }] }) },
  ping: {},
  pong: {},
}

describe.each(Object.entries(fromClients))('client frame %s', (type, fields) => {
  const schema = clientFrames[type as keyof typeof clientFrames]
  const own = Compile(schema)
  const union = Compile(ClientFrame)
  const check = (value: unknown) => own.Check(value) || union.Check(value)
  const frame = { type, ...fields }

  it('is accepted', () => expect([own.Check(frame), union.Check(frame)]).toEqual([true, true]))
  it('with a field too many, at any depth, is refused', () => expect(unknownFields(frame).filter(({ value }) => check(value)).map(({ what }) => what)).toEqual([]))
  it('with a value of another type is refused', () => expect(wrongTypes(frame).filter(({ value }) => check(value)).map(({ what }) => what)).toEqual([]))
  it('without a required field is refused', () => expect(missingFields(frame, schema.required ?? []).filter(({ value }) => check(value))).toEqual([]))
})

describe.each(Object.entries(fromServer))('server frame %s', (type, fields) => {
  const union = Compile(ServerFrame)
  const frame = { type, ...fields }
  it('is as documented', () => expect([...union.Errors(frame)].length === 0 && union.Check(frame)).toBe(true))
  it('with a field too many is not', () => expect(union.Check({ ...frame, more: 1 })).toBe(false))
})
