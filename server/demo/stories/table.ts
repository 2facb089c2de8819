import type { Tier } from '../../../events/schemas/stories.js'
import { probes, type Found, type PostedStory } from './channels.js'
import type { Person } from './door.js'
import { channels, expected, tiers, viewers, type Channel, type ViewerName } from './expected.js'

export interface Cell {
  readonly channel: Channel
  readonly tier: Tier
  readonly viewer: ViewerName
  readonly found: Found
}

export type Cast = Readonly<Record<ViewerName, Person>>
export type Stories = Readonly<Record<Tier, PostedStory>>

export const isWrong = ({ channel, tier, viewer, found }: Cell): boolean => found !== expected[channel][viewer].includes(tier)

/** Asks by every channel, for every tier, as everybody. */
export const fillTable = async (cast: Cast, stories: Stories, counters: Map<string, number>, asked: ReadonlyArray<Channel> = channels): Promise<ReadonlyArray<Cell>> => {
  const cells: Cell[] = []
  const by = probes(counters)
  for (const channel of asked) {
    for (const tier of tiers) {
      for (const viewer of viewers) cells.push({ channel, tier, viewer, found: await by[channel](cast[viewer], stories[tier]) })
    }
  }
  return cells
}

const columnWidth = 13

const shown = (cell: Cell | undefined): string => {
  if (cell === undefined) return ''
  const mark = cell.found === true ? 'sees' : cell.found === false ? '·' : 'torn'
  return isWrong(cell) ? `${mark} WRONG` : mark
}

/** The table as it was found, and what is wrong in it. */
export const tableLines = (cells: ReadonlyArray<Cell>): ReadonlyArray<string> => {
  const row = (first: string, rest: ReadonlyArray<string>): string => `${first.padEnd(2 * columnWidth + 2)}${rest.map((text) => text.padEnd(columnWidth)).join('')}`.trimEnd()
  const at = (channel: Channel, tier: Tier, viewer: ViewerName) => cells.find((cell) => cell.channel === channel && cell.tier === tier && cell.viewer === viewer)
  return [
    row('', viewers),
    ...channels.flatMap((channel) => tiers.map((tier) => row(`${channel} ${tier}`, viewers.map((viewer) => shown(at(channel, tier, viewer)))))),
  ]
}
