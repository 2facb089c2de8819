import { randomBytes } from 'node:crypto'
import { isRefusal } from './failures.js'
import type { MonthlyIndices } from './indices.js'

/** A set of monthly indices that is written as one: the live one, or one that a rebuild fills. */
export interface Generation {
  /** Where documents of a month are written. Never an index: one that was dropped must not come back without its mapping. */
  readonly aliasOf: (month: string) => string
  /** Makes a month's index with its alias, unless it is there. */
  readonly create: (month: string) => Promise<void>
}

/** A generation beside the live one. */
export interface NextGeneration extends Generation {
  /** Matches its indices and no others. */
  readonly every: string
  /** In one step it is live and the one before is dropped. Idempotent. */
  readonly swap: () => Promise<void>
  readonly drop: () => Promise<void>
}

/** A month's index bears its aliases, both at once, when it can be searched: until then it fails no search. */
export const liveGeneration = ({ names, create, ready, change }: MonthlyIndices): Generation => ({
  aliasOf: names.written,
  create: async (month) => {
    const index = names.index(month)
    await create(index)
    await ready(index)
    await change([{ add: { index, alias: names.searched } }, { add: { index, alias: names.written(month), is_write_index: true } }]).catch((error: unknown) => {
      // A swap was faster with another index of the month.
      if (!isRefusal(error, 400, 'illegal_state_exception')) throw error
    })
  },
})

/** An empty generation, whose indices have names with an ending of its own. Drops every index that is not live. */
export const startNextGeneration = async ({ names, create, existing, remove, show, change }: MonthlyIndices): Promise<NextGeneration> => {
  await remove((await existing()).flatMap(({ name, isLive }) => (isLive ? [] : [name])))
  const ending = `-${randomBytes(4).toString('hex')}`
  const aliasOf = (month: string) => `${names.written(month)}${ending}`
  const isMine = (name: string) => name.endsWith(ending)
  const goLive = (index: string) => {
    const month = names.monthOf(index, ending)
    return [
      { remove: { index, alias: aliasOf(month) } },
      { add: { index, alias: names.searched } }, { add: { index, alias: names.written(month), is_write_index: true } },
    ]
  }
  const swap = async () => {
    const all = await existing()
    const mine = all.filter(({ name }) => isMine(name))
    if (mine.some(({ isLive }) => isLive)) return
    const filled = mine.map(({ name }) => name)
    if (filled.length > 0) await show(filled)
    const replaced = all.filter(({ name, isLive }) => isLive && !isMine(name))
    await change([...replaced.map(({ name }) => ({ remove_index: { index: name } })), ...filled.flatMap(goLive)])
  }
  return {
    aliasOf, swap,
    every: `${names.every}${ending}`,
    create: (month) => create(names.index(month, ending), { [aliasOf(month)]: {} }, { refresh_interval: '-1' }),
    drop: async () => remove((await existing()).flatMap(({ name, isLive }) => (isMine(name) && !isLive ? [name] : []))),
  }
}
