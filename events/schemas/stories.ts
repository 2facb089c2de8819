import Type, { type Static } from 'typebox'
import { Id } from '../ids.js'
import { limits } from '../limits.js'
import { Base64Url, closed, sealedFields } from './common.js'

// Names and fields are persisted for ever: a change is a new version with an upcaster.
// Stream: stories-<authorId>, chained. An author's stories are that author's conversation with everyone.

export const Tier = Type.Union([Type.Literal('public'), Type.Literal('followers'), Type.Literal('close_friends')])
export type Tier = Static<typeof Tier>

/** Bytes that lie elsewhere; the digest says whether they are the ones that were posted. */
export const Media = closed({
  type: Type.String({ pattern: '^[a-z]+/[a-z0-9.+-]{1,64}$', description: 'media type' }),
  bytes: Type.Integer({ minimum: 1, maximum: limits.mediaBytes }),
  digest: Base64Url('SHA-256 of the bytes', { bytes: 32 }),
})
export type Media = Static<typeof Media>

export const storiesEvents = {
  StoryPosted: closed({
    storyId: Id,
    tier: Tier,
    ...sealedFields,
    media: Type.Optional(Media),
    mentions: Type.Optional(Type.Array(Id, { minItems: 1, maxItems: limits.mentions, uniqueItems: true })),
  }),
  StoryDeleted: closed({ storyId: Id, unit: Id }),
  StoryExpired: closed({ storyId: Id, unit: Id }),
}
