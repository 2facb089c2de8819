import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import { stranger, type Relation } from '../../../events/audience.js'
import { derivedId } from '../../../events/ids.js'
import { limits } from '../../../events/limits.js'
import { visibleStory, type Viewer } from '../../../events/story-visibility.js'
import { expected, tiers, viewers, type ViewerName } from './expected.js'
import type { Stepped } from './stepped.js'
import type { Cast, Stories } from './table.js'

/** How many were asked, and how many answered otherwise than the table says. */
export interface Checked {
  readonly what: string
  readonly checks: number
  readonly wrong: number
}

/** Around the boundary, in milliseconds: it itself and its neighbours as often as all the rest. */
const spread = 2_000
const offsetOf = (random: () => number): number => (random() < 0.5 ? Math.floor(random() * 5) - 2 : Math.floor(random() * 2 * spread) - spread)
const drawn = <A>(from: ReadonlyArray<A>, random: () => number): A => {
  const one = from[Math.floor(random() * from.length)]
  if (one === undefined) throw new Error('nothing to draw from')
  return one
}

const relations: Readonly<Record<Exclude<ViewerName, 'anonymous'>, Relation>> = {
  author: stranger, stranger, admin: stranger,
  follower: { ...stranger, follows: true },
  closeFriend: { ...stranger, follows: true, closeFriend: true },
  blocked: { ...stranger, follows: true, closeFriend: true, blocked: true },
  hidden: { ...stranger, follows: true, closeFriend: true, hidden: true },
}
const accountOf = (name: ViewerName): string => derivedId('demo viewer', name)
const viewerOf = (name: ViewerName): Viewer => (name === 'anonymous' ? 'anonymous' : { account: accountOf(name), relation: relations[name] })
const shouldSee = (name: ViewerName, tier: (typeof tiers)[number], offset: number): boolean => offset < 0 && expected.query[name].includes(tier)

/** The one decision that every path passes. */
export const checkFunction = (checks: number, random: () => number): Checked => {
  let wrong = 0
  const storyId = derivedId('demo story')
  for (let done = 0; done < checks; done += 1) {
    const [name, tier, offset] = [drawn(viewers, random), drawn(tiers, random), offsetOf(random)]
    const postedAt = 1_700_000_000_000 + Math.floor(random() * 1e11)
    const story = { storyId, author: accountOf('author'), tier, postedAt, ended: false }
    if (O.isSome(visibleStory(story, viewerOf(name), postedAt + limits.storyLifetimeMs + offset)) !== shouldSee(name, tier, offset)) wrong += 1
  }
  return { what: 'by the function that every path passes', checks, wrong }
}

interface Asked {
  readonly stepped: Stepped
  readonly cast: Cast
  readonly stories: Stories
  /** When they were posted. */
  readonly postedAt: Readonly<Record<keyof Stories, number>>
}

const sampled = async (what: string, checks: number, random: () => number, { stepped, cast, stories, postedAt }: Asked, ask: (name: ViewerName, storyId: string) => Promise<boolean>): Promise<Checked> => {
  let wrong = 0
  for (let done = 0; done < checks; done += 1) {
    const [name, tier, offset] = [drawn(viewers.filter((one) => cast[one].account !== ''), random), drawn(tiers, random), offsetOf(random)]
    stepped.setNow(postedAt[tier] + limits.storyLifetimeMs + offset)
    if ((await ask(name, stories[tier].id)) !== shouldSee(name, tier, offset)) wrong += 1
  }
  return { what, checks, wrong }
}

/** The query as HTTP and others call it, over database and caches. */
export const checkQuery = (checks: number, random: () => number, asked: Asked): Promise<Checked> =>
  sampled('by the query over the database', checks, random, asked, async (name, storyId) => E.isRight(await asked.stepped.stories.story(asked.cast[name].account, storyId)()))

export const checkHttp = (checks: number, random: () => number, asked: Asked): Promise<Checked> =>
  sampled('by GET /v1/stories/:story over HTTP', checks, random, asked, async (name, storyId) => (await asked.cast[name].get(`/v1/stories/${storyId}`)).status === 200)
