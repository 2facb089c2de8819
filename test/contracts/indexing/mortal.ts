import type pg from 'pg'
import type { SearchIndex } from '../../../events/search/index-port.js'

/** A life that ends at its `lastStep`-th step: from then on everything rejects, as for a process that is gone. */
export interface Life {
  readonly step: () => void
  readonly dead: () => boolean
  readonly steps: () => number
}

export const lifeOf = (lastStep: number): Life => {
  let steps = 0
  return {
    step: () => {
      steps += 1
      if (steps >= lastStep) throw new Error('killed')
    },
    dead: () => steps >= lastStep,
    steps: () => steps,
  }
}

type Asking = (...args: ReadonlyArray<unknown>) => unknown

const around = (step: () => void, target: object, ask: Asking): Asking => async (...args) => {
  step()
  const answer: unknown = await ask.apply(target, args as unknown[])
  step()
  return answer
}

/** Every statement is two steps: before it is sent, and before its answer is heard. A dead client's connection is cut. */
const mortalClient = (client: pg.PoolClient, life: Life): pg.PoolClient =>
  new Proxy(client, {
    get: (target, key) => {
      if (key === 'query') return around(life.step, target, target.query.bind(target) as Asking)
      if (key === 'release') return (broken?: boolean | Error) => { target.release(broken === true || life.dead()) }
      const value: unknown = Reflect.get(target, key)
      return typeof value === 'function' ? value.bind(target) as unknown : value
    },
  })

export const mortalPool = (pool: pg.Pool, life: Life): pg.Pool =>
  new Proxy(pool, {
    get: (target, key) => {
      if (key === 'query') return around(life.step, target, target.query.bind(target) as Asking)
      if (key === 'connect') return async () => mortalClient(await target.connect(), life)
      const value: unknown = Reflect.get(target, key)
      return typeof value === 'function' ? value.bind(target) as unknown : value
    },
  })

/** Steps: before anything is written, when half is, when all is and was not heard. */
export const mortalIndex = (index: SearchIndex, life: Life): SearchIndex => ({
  ...index,
  apply: (changes) => async () => {
    life.step()
    await index.apply(changes.slice(0, Math.ceil(changes.length / 2)))()
    life.step()
    const outcome = await index.apply(changes)()
    life.step()
    return outcome
  },
})
