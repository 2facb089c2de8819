import { randomBytes } from 'node:crypto'
import * as E from 'fp-ts/lib/Either.js'
import type pg from 'pg'
import { copyIn } from '../../adapters/postgres/copy.js'
import { encode } from '../../events/codec.js'
import type { NewEvent } from '../../events/event-store.js'
import type { AnyEvent } from '../../events/registry.js'
import { conversationStream } from '../../events/streams.js'
import { newId } from '../../platform/identifiers.js'
import { tuples, type Field } from './tuples.js'

const startedAt = 1_790_000_000_000

interface Talk {
  readonly number: number
  readonly conversation: string
  readonly members: ReadonlyArray<{ readonly userId: string; readonly device: string }>
  revision: number
}

const digest = (): string => randomBytes(32).toString('base64url')

const nextOf = (talk: Talk, sealedBytes: number): { readonly event: AnyEvent; readonly sealed: Uint8Array | undefined } => {
  const [creator, other] = talk.members
  if (talk.revision === 0) return { event: { type: 'ConversationCreated', data: { kind: 'group', encryption: 'readable', history: 'sinceJoin', creator: creator?.userId ?? '' } }, sealed: undefined }
  if (talk.revision <= 2) return { event: { type: 'MemberAdded', data: { userId: (talk.revision === 1 ? creator : other)?.userId ?? '', role: talk.revision === 1 ? 'admin' : 'member' } }, sealed: undefined }
  return { event: { type: 'MessageSent', data: { messageId: newId(), unit: newId(), digest: digest() } }, sealed: randomBytes(sealedBytes) }
}

/** The next event of a conversation, by the codec: its creation, two members, then messages by turns. */
const eventOf = (talk: Talk, at: number, sealedBytes: number): NewEvent => {
  const { event, sealed } = nextOf(talk, sealedBytes)
  const by = talk.members[talk.revision % 2]
  const metadata = {
    actor: by?.userId ?? 'system', device: by?.device ?? null, command: { counter: talk.revision + 1 }, correlation: newId(),
    recordedAt: startedAt + at, previous: talk.revision === 0 ? null : digest(),
  }
  const encoded = encode(newId(), event, metadata, sealed)
  if (E.isLeft(encoded)) throw new Error(JSON.stringify(encoded.left))
  return encoded.right
}

const talks = (count: number): ReadonlyArray<Talk> =>
  Array.from({ length: count }, (_, number) => {
    const member = () => ({ userId: newId(), device: newId() })
    return { number: number + 1, conversation: newId(), members: [member(), member()], revision: 0 }
  })

const eventRows = function* (all: ReadonlyArray<Talk>, events: number, sealedBytes: number): Generator<ReadonlyArray<Field>> {
  for (let position = 1; position <= events; position += 1) {
    // Busy conversations and quiet ones: half of the events go to a tenth of the conversations.
    const among = position > all.length && position % 2 === 0 ? Math.ceil(all.length / 10) : all.length
    const talk = all[position <= all.length ? position - 1 : Math.floor(Math.random() * among)]
    if (talk === undefined) continue
    const { id, version, type, data, metadata, sealed } = eventOf(talk, position, sealedBytes)
    yield [
      { int8: position }, { int8: talk.number }, { int8: talk.revision }, { uuid: id }, { int4: version }, { text: type },
      { bytes: data }, { bytes: metadata }, sealed === undefined ? null : { bytes: sealed },
    ]
    talk.revision += 1
  }
}

/** Fills an empty log with the history of so many conversations, straight into its tables. */
export const loadHistory = async (client: pg.ClientBase, options: { readonly events: number; readonly conversations: number; readonly sealedBytes: number }): Promise<void> => {
  const all = talks(options.conversations)
  const names = all.map(({ number, conversation }): ReadonlyArray<Field> => [{ int8: number }, { text: conversationStream(conversation) }])
  await copyIn(client, 'COPY log.streams (stream, name) FROM STDIN (FORMAT binary)', tuples(names))
  await copyIn(client, 'COPY log.events (position, stream, revision, id, version, type, data, metadata, sealed) FROM STDIN (FORMAT binary)', tuples(eventRows(all, options.events, options.sealedBytes)))
  await client.query('ANALYZE log.streams; ANALYZE log.events')
}
