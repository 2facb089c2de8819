import { describe, it } from 'vitest'
import { derivedId } from '../../events/ids.js'
import type { AnyEvent } from '../../events/registry.js'
import type { StreamName } from '../../events/event-store.js'
import { accountStream, storiesStream, storyStream } from '../../events/streams.js'
import { actor, projectionSpecification, recordedAt, recordedEvent } from '../../test/support/projection-specification.js'
import { storiesProjection } from './project.js'

const { given } = projectionSpecification(storiesProjection)
const [author, storyId] = [derivedId('s', 'author'), derivedId('s', 'story')]
const digest = 'd'.repeat(43)

const at = (stream: StreamName, type: AnyEvent['type'], data: object) => recordedEvent(stream, 7, { type, data } as unknown as AnyEvent)

describe('stories: every event and what it writes', () => {
  const [stories, story] = [storiesStream(author), storyStream(storyId)]

  it('a story is its author\'s, from when it was recorded', () => {
    const recorded = at(stories, 'StoryPosted', { storyId, tier: 'close_friends', unit: storyId, digest })
    given(recorded).then({ op: 'posted', storyId, author, tier: 'close_friends', postedAt: recordedAt, recorded })
  })

  it('T3: both ends are one', () => {
    for (const type of ['StoryDeleted', 'StoryExpired'] as const) given(at(stories, type, { storyId, unit: storyId })).then({ op: 'ended', storyId })
  })

  it('T9: who looks is a viewer, who reacts has looked; an admin\'s look is none (X5)', () => {
    const view = { op: 'viewed', storyId, viewer: actor, at: recordedAt, position: String(107).padStart(20, '0') as never } as const
    given(at(story, 'StoryViewed', { author, viewer: actor })).then(view)
    const recorded = at(story, 'StoryReacted', { author, userId: actor, unit: storyId, digest, reaction: 'r'.repeat(22) })
    given(recorded).then(view, { op: 'reaction', storyId, viewer: actor, revision: 7, recorded })
    const own = at(story, 'StoryReacted', { author: actor, userId: actor, unit: storyId, digest, reaction: 'r'.repeat(22) })
    given(own).then({ op: 'reaction', storyId, viewer: actor, revision: 7, recorded: own })
    given(at(story, 'StoryUnreacted', { author, userId: actor })).then({ op: 'reaction', storyId, viewer: actor, revision: 7, recorded: undefined })
    const look = at(story, 'StoryInspected', { author, reason: 'a report' })
    given(look).then({ op: 'inspected', storyId, id: look.id, at: recordedAt, reason: 'a report' })
  })

  it('all else writes nothing', () => given(at(accountStream(author), 'UserFollowed', { userId: actor })).then())
})
