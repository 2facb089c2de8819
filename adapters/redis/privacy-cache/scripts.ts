import type { Redis } from 'ioredis'
import { script } from './script.js'

const [find, keep, changing, changed] = ['find', 'keep', 'changing', 'changed'].map(script) as [Script, Script, Script, Script]
type Script = ReturnType<typeof script>

/** A key of what is kept of a viewer, and an author. */
export type Place = readonly [key: string, author: string]

const keysOf = (places: ReadonlyArray<Place>) => places.map(([key]) => key)
const authorsOf = (places: ReadonlyArray<Place>) => places.map(([, author]) => author)

/** What the scripts beside this file do; each is atomic. */
export const privacyScripts = {
  /** The lease that holds, `changing` while a change is under way, null where nothing is missing; then what is kept of each author. */
  find: async (redis: Redis, key: string, lease: string, keptMs: number, authors: ReadonlyArray<string>) =>
    (await find(redis, [key], [lease, keptMs, ...authors])) as readonly [lease: string | null, ...relations: ReadonlyArray<string | null>],
  /** Whether the lease held. */
  keep: async (redis: Redis, key: string, lease: string, read: ReadonlyArray<readonly [author: string, relation: number]>) =>
    (await keep(redis, [key], [lease, ...read.flat()])) === 1,
  changing: async (redis: Redis, places: ReadonlyArray<Place>, keptMs: number): Promise<void> => {
    await changing(redis, keysOf(places), [keptMs, ...authorsOf(places)])
  },
  changed: async (redis: Redis, places: ReadonlyArray<Place>): Promise<void> => {
    await changed(redis, keysOf(places), authorsOf(places))
  },
}
