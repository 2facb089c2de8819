import fc from 'fast-check'
import * as O from 'fp-ts/lib/Option.js'
import { describe, expect, it } from 'vitest'
import { stranger, type Relation } from './audience.js'
import { limits } from './limits.js'
import type { Tier } from './schemas/stories.js'
import { storyEnd, visibleStory, type Viewer } from './story-visibility.js'

const author = 'author'
const postedAt = 1_790_000_000_000
const tiers: ReadonlyArray<Tier> = ['public', 'followers', 'close_friends']

const seenBy = (relation: Partial<Relation>, account = 'viewer'): Viewer => ({ account, relation: { ...stranger, ...relation } })
const everything = { follows: true, closeFriend: true }

/** Who sees what while it lives: public, followers, close friends. */
const table: ReadonlyArray<readonly [who: string, viewer: Viewer, shown: boolean, toFollowers: boolean, toCloseFriends: boolean]> = [
  ['author', seenBy({}, author), true, true, true],
  ['author, whatever else is said of it', seenBy({ blocked: true, hidden: true, muted: true }, author), true, true, true],
  ['follower', seenBy({ follows: true }), true, true, false],
  ['close friend who follows', seenBy(everything), true, true, true],
  ['close friend who does not follow', seenBy({ closeFriend: true }), true, false, true],
  ['stranger', seenBy({}), true, false, false],
  ['blocked', seenBy({ blocked: true }), false, false, false],
  ['blocked, still a follower and close friend', seenBy({ ...everything, blocked: true }), false, false, false],
  ['hidden', seenBy({ hidden: true }), false, false, false],
  ['hidden, a follower and close friend', seenBy({ ...everything, hidden: true }), false, false, false],
  ['who muted the author', seenBy({ ...everything, muted: true }), true, true, true],
  ['admin, without a recorded look', seenBy({}, 'admin'), true, false, false],
  ['anonymous', 'anonymous', false, false, false],
]

const isVisible = (tier: Tier, viewer: Viewer, now: number, ended = false): boolean =>
  O.isSome(visibleStory({ storyId: 'story', author, tier, postedAt, ended }, viewer, now))

describe('who sees a story, and until when', () => {
  describe.each(table)('P1: %s', (_who, viewer, ...sees) => {
    it.each(tiers.map((tier, index) => [tier, sees[index] === true] as const))('%s: %s while it lives, no more from exactly 24 h on (T1, X7)', (tier, visible) => {
      const end = postedAt + limits.storyLifetimeMs
      const around = [postedAt - 1, postedAt, end - 1, end, end + 1, end + limits.storyLifetimeMs]
      expect(around.map((now) => isVisible(tier, viewer, now))).toEqual([visible, visible, visible, false, false, false])
      expect(around.map((now) => isVisible(tier, viewer, now, true))).toEqual(around.map(() => false))
    })
  })

  it('T1: of 1,000,000 reads around the boundary none is wrong', () => {
    const life = 24 * 60 * 60 * 1_000
    let wrong = 0
    for (let read = 0; read < 1_000_000; read += 1) {
      const row = table[read % table.length]
      const tier = tiers[read % tiers.length]
      if (row === undefined || tier === undefined) throw new Error('within the table')
      const offset = Math.floor(Math.random() * 2_001) - 1_000
      const should = offset < 0 && row[2 + tiers.indexOf(tier)] === true
      if (isVisible(tier, row[1], postedAt + life + offset) !== should) wrong += 1
    }
    expect(wrong).toBe(0)
  })

  it('T1: whatever the clock and the relation, nobody sees it at its end, and nobody again later', () => {
    const relations = fc.record({ follows: fc.boolean(), closeFriend: fc.boolean(), blocked: fc.boolean(), hidden: fc.boolean(), muted: fc.boolean() })
    fc.assert(fc.property(fc.constantFrom(...tiers), relations, fc.constantFrom(author, 'viewer'), fc.nat(), (tier, relation, account, later) =>
      !isVisible(tier, { account, relation }, storyEnd({ postedAt }) + later)))
  })

  it('P1: to be blocked or hidden never shows more', () => {
    const relations = fc.record({ follows: fc.boolean(), closeFriend: fc.boolean(), blocked: fc.boolean(), hidden: fc.boolean(), muted: fc.boolean() })
    fc.assert(fc.property(fc.constantFrom(...tiers), relations, (tier, relation) =>
      !isVisible(tier, seenBy({ ...relation, blocked: true }), postedAt) && !isVisible(tier, seenBy({ ...relation, hidden: true }), postedAt)))
  })
})
