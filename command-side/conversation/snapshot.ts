import { Map, Set } from 'immutable'
import Type, { type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import { closed, Role, Sequence } from '../../events/schemas/common.js'
import { ConversationKind, Encryption, History } from '../../events/schemas/conversation.js'
import type { Visible } from '../../events/visibility.js'
import { absent, type ConversationState, type Open, type Participant } from './state.js'

/** userId, standing, since, and what is visible as one list: from, to, from, to …; an open interval has no `to`. */
const Row = Type.Tuple([Type.String(), Type.Union([Role, Type.Literal('former')]), Sequence, Type.Array(Sequence)])
type Row = Static<typeof Row>

const Snapshot = Type.Union([
  Type.Null(),
  closed({
    kind: ConversationKind,
    encryption: Encryption,
    history: History,
    creator: Type.String(),
    revision: Sequence,
    epoch: Sequence,
    pins: Type.Array(Sequence),
    participants: Type.Array(Row),
  }),
])
const snapshot = Compile(Snapshot)

export const snapshotSchema = 1

const rowOf = ([userId, { standing, since, visible }]: [string, Participant]): Row => [
  userId, standing, since, visible.flatMap(({ from, to }) => (to === undefined ? [from] : [from, to])),
]

const visibleFrom = (bounds: ReadonlyArray<number>): ReadonlyArray<Visible> =>
  bounds.flatMap((from, at) => (at % 2 === 0 ? [{ from, to: bounds[at + 1] }] : []))

const withRow = ([userId, standing, since, bounds]: Row): [string, Participant] => [userId, { standing, since, visible: visibleFrom(bounds) }]

/** JSON of what cannot be derived; some 60 bytes for each who is or was a member. */
export const encodeState = (state: ConversationState): Uint8Array => {
  if (state._tag === 'Absent') return Buffer.from('null')
  const { kind, encryption, history, creator, revision, epoch, pins, participants } = state
  const value: Static<typeof Snapshot> = {
    kind, encryption, history, creator, revision, epoch, pins: [...pins], participants: [...participants].map(rowOf),
  }
  return Buffer.from(JSON.stringify(value))
}

const counted = (participants: Open['participants']) => ({
  memberCount: participants.count(({ standing }) => standing !== 'former'),
  adminCount: participants.count(({ standing }) => standing === 'admin'),
})

export const decodeState = (bytes: Uint8Array): ConversationState => {
  const read = snapshot.Parse(JSON.parse(Buffer.from(bytes).toString('utf8')))
  if (read === null) return absent
  const participants = Map(read.participants.map(withRow))
  return { ...read, _tag: 'Open', pins: Set(read.pins), participants, ...counted(participants) }
}
