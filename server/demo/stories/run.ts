import * as E from 'fp-ts/lib/Either.js'
import { limits } from '../../../events/limits.js'
import { chanceOf } from '../chat/chance.js'
import { planOf } from '../chat/plan.js'
import { openLogs } from '../chat/source.js'
import { administrator, type Deployment } from '../deployment.js'
import type { DemoIssuer } from '../issuer.js'
import { verdict } from '../report.js'
import { unlessInterrupted } from '../run.js'
import { startDeployment, type RunningDeployment } from '../stage.js'
import { checkFunction, checkHttp, checkQuery, type Checked } from './boundary.js'
import { bodyOf } from './door.js'
import { channels, tiers, viewers, type Channel, type ViewerName } from './expected.js'
import { expireAtOnce, type Expired } from './expiring.js'
import { anonymous, join, type Member } from './people.js'
import { post, relate } from './staging.js'
import { openStepped, type Stepped } from './stepped.js'
import { fillTable, isWrong, tableLines, type Cast, type Stories } from './table.js'

export interface StoriesDemoOptions {
  readonly profile: 'embedded' | 'cluster'
  readonly data?: string
  readonly seed: number
  /** Ends the demo before its time; its processes and data go with it. */
  readonly interrupted: AbortSignal
  readonly print: (line: string) => void
}

const CHECKS = 1_000_000
const QUERIED = 8_000
const OVER_HTTP = 2_000
const EXPIRED_AT_ONCE = 25_000

/** Nicks of those who speak in the first log, as many as there are parts. */
const nicks = async (data: string | undefined): Promise<ReadonlyArray<string>> => {
  const found = await openLogs({ count: 1, ...(data === undefined ? {} : { directory: data }) })()
  const log = E.isRight(found) ? await found.right.logs[0]?.load() : undefined
  return log !== undefined && E.isRight(log) ? planOf(log.right).persons.map(({ nick }) => nick) : []
}

type Members = Readonly<Record<ViewerName, Member>>

const enter = async ({ api, sockets }: Deployment, issuer: DemoIssuer, names: ReadonlyArray<string>): Promise<Members> => {
  const one = (viewer: ViewerName): Promise<Member> => {
    const at = viewers.indexOf(viewer)
    return join({ api, socket: sockets[at % sockets.length] ?? '' }, issuer, viewer === 'admin' ? administrator : viewer, names[at] ?? viewer)
  }
  return {
    author: await one('author'), follower: await one('follower'), closeFriend: await one('closeFriend'), stranger: await one('stranger'),
    blocked: await one('blocked'), hidden: await one('hidden'), admin: await one('admin'), anonymous,
  }
}

const castAt = (members: Members, address: string): Cast => ({
  author: members.author.at(address), follower: members.follower.at(address), closeFriend: members.closeFriend.at(address), stranger: members.stranger.at(address),
  blocked: members.blocked.at(address), hidden: members.hidden.at(address), admin: members.admin.at(address), anonymous: members.anonymous.at(address),
})

interface Scene {
  readonly print: (line: string) => void
  readonly counters: Map<string, number>
}

/** The table while the stories live, found at the public interfaces of the deployment. */
const whileTheyLive = async (deployment: Deployment, members: Members, { print, counters }: Scene): Promise<{ readonly stories: Stories; readonly wrong: number }> => {
  const cast = castAt(members, deployment.api)
  await relate(cast)
  for (const name of viewers) if (name !== 'author' && name !== 'anonymous') counters.set(cast[name].account, 1)
  const stories = await post(cast)
  const cells = await fillTable(cast, stories, counters)
  const wrong = cells.filter(isWrong).length
  ;['', 'P1: who sees what, by every channel, as it was found', ...tableLines(cells), `${verdict(wrong === 0)} wrong cells: ${wrong} of ${cells.length}`].forEach(print)
  return { stories, wrong }
}

/** What was pushed before stays told; everything else is empty for everybody. */
const afterwards: ReadonlyArray<Channel> = channels.filter((channel) => channel !== 'push')

const whenTheyAreOver = async (stepped: Stepped, members: Members, stories: Stories, postedAt: Readonly<Record<keyof Stories, number>>, random: () => number, { print, counters }: Scene): Promise<number> => {
  const cast = castAt(members, stepped.api)
  const asked = { stepped, cast, stories, postedAt }
  const checked: ReadonlyArray<Checked> = [
    checkFunction(CHECKS - QUERIED - OVER_HTTP, random), await checkQuery(QUERIED, random, asked), await checkHttp(OVER_HTTP, random, asked),
  ]
  print('')
  print(`T1: visibility around the boundary of ${limits.storyLifetimeMs / 3_600_000} h`)
  for (const { what, checks, wrong } of checked) print(`${verdict(wrong === 0)} wrong ${what}: ${wrong} of ${checks.toLocaleString('en')}`)
  stepped.setNow(Math.max(...tiers.map((tier) => postedAt[tier])) + limits.storyLifetimeMs)
  const { author } = cast
  const there = { public: { ...stories.public, author }, followers: { ...stories.followers, author }, close_friends: { ...stories.close_friends, author } }
  const cells = await fillTable(cast, there, counters, afterwards)
  const seen = cells.filter(({ found }) => found !== false)
  print(`${verdict(seen.length === 0)} cells in which something is seen after it, with nobody sweeping: ${seen.length} of ${cells.length}`)
  for (const { channel, tier, viewer } of seen.slice(0, 5)) print(`       ${channel}, ${tier}, ${viewer}`)
  return checked.reduce((sum, { wrong }) => sum + wrong, 0) + seen.length
}

const expiredLines = ({ stories, postedPerSecond, milliseconds, batches, breaches }: Expired): ReadonlyArray<string> => [
  '', `T2, T4, T6: ${stories.toLocaleString('en')} stories over at once (posted at ${postedPerSecond.toLocaleString('en')}/s); one tick of ${milliseconds.toLocaleString('en')} ms in batches of ${batches.join(', ')}`,
  ...Object.entries(breaches).map(([what, count]) => `${verdict(count === 0)} ${what}: ${count}`),
]

const perform = async ({ deployment, issuer, fleet }: RunningDeployment, { data, seed, print }: StoriesDemoOptions): Promise<boolean> => {
  const members = await enter(deployment, issuer, await nicks(data))
  const scene: Scene = { print, counters: new Map() }
  const { stories, wrong } = await whileTheyLive(deployment, members, scene)
  const author = members.author.at(deployment.api)
  const postedAt = async (id: string): Promise<number> => Number(bodyOf(await author.get(`/v1/stories/${id}`))['postedAt'])
  const times = { public: await postedAt(stories.public.id), followers: await postedAt(stories.followers.id), close_friends: await postedAt(stories.close_friends.id) }
  await Promise.all(viewers.map((name) => members[name].close()))
  await fleet.stop()
  const stepped = await openStepped(deployment.members.find(({ name }) => name === 'api' || name === 'tidings')?.environment ?? {}, Date.now())
  try {
    const breaches = await whenTheyAreOver(stepped, members, stories, times, chanceOf(seed).fraction, scene)
    const expired = await expireAtOnce(stepped, EXPIRED_AT_ONCE, Math.max(...Object.values(times)) + 2 * limits.storyLifetimeMs)
    expiredLines(expired).forEach(print)
    return wrong === 0 && breaches === 0 && Object.values(expired.breaches).every((count) => count === 0)
  } finally {
    await stepped.close()
  }
}

/**
 * The second part of the demo: stories in every tier, seen and not seen by every channel, over at their time, ended all at once.
 * The deployment's processes show the living ones; what time does is shown by this process, on the same data, under a clock of
 * its own. True when every cell and every count is right; false also when interrupted.
 */
export const runStoriesDemo = async (options: StoriesDemoOptions): Promise<boolean> => {
  const running = await startDeployment(options.profile)
  try {
    options.print(running.deployment.description)
    return await unlessInterrupted(options.interrupted, perform(running, options))
  } finally {
    await running.close()
  }
}
