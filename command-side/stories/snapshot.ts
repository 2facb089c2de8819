import { Map } from 'immutable'
import Type, { type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import { Sequence } from '../../events/schemas/common.js'
import { Tier } from '../../events/schemas/stories.js'
import type { PostedStory, StoriesState } from './state.js'

const Row = Type.Tuple([Type.String(), Tier, Type.Integer(), Sequence, Type.Boolean()])
type Row = Static<typeof Row>
const snapshot = Compile(Type.Array(Row))

export const snapshotSchema = 1

const rowOf = ([storyId, { tier, postedAt, revision, ended }]: [string, PostedStory]): Row => [storyId, tier, postedAt, revision, ended]

export const encodeState = (state: StoriesState): Uint8Array => Buffer.from(JSON.stringify([...state].map(rowOf)))

export const decodeState = (bytes: Uint8Array): StoriesState =>
  Map(snapshot.Parse(JSON.parse(Buffer.from(bytes).toString('utf8'))).map(([storyId, tier, postedAt, revision, ended]) =>
    [storyId, { tier, postedAt, revision, ended }]))
