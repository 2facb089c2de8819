import type { TSchema } from 'typebox'
import { closeCodes } from '../events/wire/close-codes.js'
import { clientFrames, serverFrames } from '../events/wire/frames.js'

type Frames = Readonly<Record<string, TSchema>>

const purposes: Readonly<Record<string, string>> = {
  hello: 'First frame of a client: its device, its access token unless the upgrade carried it, and the sync token to resume from.',
  command: 'A command to a conversation, under the device\'s next counter for it.',
  'client read': 'The reader\'s own marker in a conversation.',
  mute: 'Whether the conversation notifies the account.',
  'client typing': 'The account is writing there.',
  'client delivered': 'Events up to there have reached this device.',
  watch: 'The accounts whose presence this session wants to be told.',
  bye: 'The client leaves in order.',
  welcome: 'The session has begun.',
  event: 'An event of a conversation as its member receives it: per conversation in the order of sequences.',
  'server read': 'Somebody\'s read marker moved.',
  'server typing': 'A member is writing.',
  'server delivered': 'Events up to there have reached a device of the member.',
  presence: 'Whether a watched account is online, or when it was seen last.',
  notification: 'What the account is told of; the same id may come again.',
  caught_up: 'What was missed has been sent; live from here.',
  sync: 'A later place to resume from.',
  resync: 'The sync token cannot be honoured: read inbox and timelines again.',
  ack: 'The command of that request is durable.',
  refused: 'The command of that request was refused; the problem says what to do.',
  reconnect: 'The gateway goes away: come back after so long.',
  error: 'A frame could not be taken.',
  ping: 'Answer with pong.',
  pong: 'The answer to a ping.',
}

const plain = (schema: TSchema): unknown => JSON.parse(JSON.stringify(schema)) as unknown
const summaryOf = (side: string, type: string): string => purposes[type] ?? purposes[`${side} ${type}`] ?? type

const messagesOf = (side: 'client' | 'server', frames: Frames) =>
  Object.fromEntries(
    Object.entries(frames).map(([type, schema]) => [
      `${side}_${type}`,
      { name: type, title: `${type} (${side})`, summary: summaryOf(side, type), contentType: 'application/json', payload: plain(schema) },
    ]),
  )

const channelReferences = (side: string, frames: Frames) => Object.keys(frames).map((type) => ({ $ref: `#/channels/session/messages/${side}_${type}` }))
const componentReferences = (side: string, frames: Frames) =>
  Object.fromEntries(Object.keys(frames).map((type) => [`${side}_${type}`, { $ref: `#/components/messages/${side}_${type}` }]))

/**
 * The gateway's protocol as an AsyncAPI 3.0 document, made from the wire schemas: the client sends what the operation
 * `fromClient` lists, the gateway what `fromGateway` lists. Pure; the same for the same schemas.
 */
export const asyncApiDocument = (): object => ({
  asyncapi: '3.0.0',
  info: {
    title: 'Tidings gateway',
    version: '1.0.0',
    description: 'JSON text frames over a WebSocket; the life of a session and its promises are in docs/protocol.md.',
    license: { name: 'Apache-2.0' },
  },
  defaultContentType: 'application/json',
  servers: { gateway: { host: 'localhost:8081', protocol: 'ws', description: 'The socket listener; wss with certificate files.' } },
  channels: {
    session: {
      address: '/',
      description: 'One socket, one session of one device.',
      messages: { ...componentReferences('client', clientFrames), ...componentReferences('server', serverFrames) },
      bindings: { ws: { bindingVersion: '0.1.0' } },
      'x-close-codes': closeCodes,
    },
  },
  operations: {
    fromClient: { action: 'receive', channel: { $ref: '#/channels/session' }, summary: 'What a client sends.', messages: channelReferences('client', clientFrames) },
    fromGateway: { action: 'send', channel: { $ref: '#/channels/session' }, summary: 'What the gateway sends.', messages: channelReferences('server', serverFrames) },
  },
  components: { messages: { ...messagesOf('client', clientFrames), ...messagesOf('server', serverFrames) } },
})
