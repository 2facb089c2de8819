import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { uuidv7 } from 'uuidv7'
import { derivedId } from '../../events/ids.js'
import { limits } from '../../events/limits.js'
import type { StoriesCommand } from './commands.js'
import { storiesDecider, type StoriesFact, type StoriesState } from './decider.js'
import { decodeState, encodeState } from './snapshot.js'

const { decide, evolve, initialState } = storiesDecider
const now = 1_790_000_000_000
const day = limits.storyLifetimeMs
const [story, other] = [uuidv7(), uuidv7()]
const said = { content: { text: 'Morning' }, media: undefined }

const recorded = (...events: ReadonlyArray<readonly [at: number, type: StoriesFact['type'], storyId: string]>): StoriesState =>
  events.reduce((state, [recordedAt, type, storyId], revision) => {
    const data = type === 'StoryPosted' ? { storyId, tier: 'public', unit: storyId } : { storyId, unit: storyId }
    return evolve(state, { type, data, revision, metadata: { recordedAt } } as StoriesFact)
  }, initialState)

const post = (more: Partial<Extract<StoriesCommand, { type: 'PostStory' }>> = {}): StoriesCommand =>
  ({ type: 'PostStory', storyId: story, tier: 'public', said, mentions: [], now, posted: undefined, ...more })

const posted = (storyId: string, more: object = {}) => ({ type: 'StoryPosted', data: { storyId, tier: 'public', unit: storyId, ...more }, content: said.content })
const ended = (type: 'StoryDeleted' | 'StoryExpired', storyId: string) => ({ type, data: { storyId, unit: storyId } })

describe('posting a story', () => {
  it('seals it under a unit of its own, with its media and whom it names', () => {
    const media = { type: 'image/jpeg', bytes: 9, digest: 'd'.repeat(43) }
    expect(decide(post(), initialState)).toEqual(E.right([posted(story)]))
    expect(decide(post({ said: { ...said, media }, mentions: [other] }), initialState)).toEqual(E.right([posted(story, { media, mentions: [other] })]))
  })

  it('the same again changes nothing, anything else under its id is refused, and so is the id of one that ended', () => {
    const state = recorded([now, 'StoryPosted', story])
    expect(decide(post({ posted: said }), state)).toEqual(E.right([]))
    const used = E.left({ _tag: 'StoryIdUsed' })
    expect(decide(post({ posted: { ...said, content: { text: 'Evening' } } }), state)).toEqual(used)
    expect(decide(post({ posted: said, tier: 'followers' }), state)).toEqual(used)
    expect(decide(post({ posted: said }), recorded([now, 'StoryPosted', story], [now, 'StoryDeleted', story]))).toEqual(used)
  })

  it('refuses derived ids, nothing at all, and too much of it', () => {
    expect(decide(post({ storyId: derivedId('spec', 'story') }), initialState)).toEqual(E.left({ _tag: 'NewStoryIdExpected' }))
    expect(decide(post({ said: { content: { text: '' }, media: undefined } }), initialState)).toEqual(E.left({ _tag: 'StoryIsEmpty' }))
    const text = 'ö'.repeat(limits.storyBytes / 2 + 1)
    expect(decide(post({ said: { content: { text }, media: undefined } }), initialState)).toEqual(E.left({ _tag: 'StoryTooLarge', bytes: limits.storyBytes + 2, limit: limits.storyBytes }))
  })

  it(`at most ${limits.storiesPerDay} within 24 h, also when they were deleted meanwhile`, () => {
    const ids = Array.from({ length: limits.storiesPerDay }, () => uuidv7())
    const full = recorded(...ids.flatMap((id) => [[now, 'StoryPosted', id], [now, 'StoryDeleted', id]] as const))
    expect(decide(post({ now: now + day - 1 }), full)).toEqual(E.left({ _tag: 'TooManyStories', limit: limits.storiesPerDay }))
    expect(decide(post({ now: now + day }), full)).toEqual(E.right([posted(story)]))
  })
})

describe('the end of a story', () => {
  const living = recorded([now, 'StoryPosted', story])

  it('its author deletes it, once', () => {
    expect(decide({ type: 'DeleteStory', storyId: story }, living)).toEqual(E.right([ended('StoryDeleted', story)]))
    expect(decide({ type: 'DeleteStory', storyId: story }, recorded([now, 'StoryPosted', story], [now, 'StoryExpired', story]))).toEqual(E.right([]))
    expect(decide({ type: 'DeleteStory', storyId: other }, living)).toEqual(E.left({ _tag: 'StoryAbsent' }))
  })

  it('T1, X7: it expires from exactly 24 h on, not before', () => {
    const expire = (at: number) => decide({ type: 'ExpireStories', storyIds: [other, story], now: at }, living)
    expect(expire(now + day - 1)).toEqual(E.right([]))
    expect(expire(now + day)).toEqual(E.right([ended('StoryExpired', story)]))
  })

  it('T4: in any order of posting, deleting and sweeping each story ends once', () => {
    const step = fc.record({ what: fc.constantFrom('post', 'delete', 'expire'), which: fc.nat(3), wait: fc.integer({ min: 0, max: day }) })
    const ids = Array.from({ length: 4 }, () => uuidv7())
    fc.assert(fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      let [state, at, revision] = [initialState, now, 0]
      const ends = new Map<string, number>()
      for (const { what, which, wait } of steps) {
        at += wait
        const storyId = ids[which] ?? story
        const command: StoriesCommand = what === 'post' ? post({ storyId, now: at }) : what === 'delete' ? { type: 'DeleteStory', storyId } : { type: 'ExpireStories', storyIds: ids, now: at }
        const decision = decide(command, state)
        for (const event of E.isRight(decision) ? decision.right : []) {
          if (event.type === 'StoryPosted') ends.set(event.data.storyId, 0)
          else ends.set(event.data.storyId, (ends.get(event.data.storyId) ?? 9) + 1)
          state = evolve(state, { ...event, revision, metadata: { recordedAt: at } })
          revision += 1
        }
      }
      expect([...ends.values()].every((count) => count <= 1)).toBe(true)
    }))
  })

  it('what ended is forgotten once it no longer counts for the day; a snapshot keeps the rest', () => {
    const state = recorded([now, 'StoryPosted', story], [now, 'StoryDeleted', story], [now + day - 1, 'StoryPosted', other])
    expect([...state.keys()]).toEqual([story, other])
    expect(decodeState(encodeState(state)).toJS()).toEqual(state.toJS())
    expect([...evolve(state, { type: 'StoryPosted', data: { storyId: uuidv7(), tier: 'public', unit: story }, revision: 9, metadata: { recordedAt: now + day } } as StoriesFact).keys()]).not.toContain(story)
  })
})
