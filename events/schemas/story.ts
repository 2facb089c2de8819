import Type from 'typebox'
import { Id } from '../ids.js'
import { limits } from '../limits.js'
import { Base64Url, closed, sealedFields } from './common.js'

// Names and fields are persisted for ever: a change is a new version with an upcaster.
// Stream: story-<storyId>, appended without an expected revision. Who acted is in the metadata too.

export const storyEvents = {
  StoryViewed: closed({ author: Id, viewer: Id }),
  StoryReacted: closed({
    author: Id,
    userId: Id,
    ...sealedFields,
    reaction: Base64Url("HMAC-SHA256 of the reaction under the story's unit key, 16 bytes", { bytes: 16 }),
  }),
  StoryUnreacted: closed({ author: Id, userId: Id }),
  /** An admin's look, with the reason: visible to auditors, and to the author by setting. Never counted as a view. */
  StoryInspected: closed({ author: Id, reason: Type.String({ minLength: 1, maxLength: limits.reasonCharacters }) }),
}
