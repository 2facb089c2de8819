import { describe, expect, it } from 'vitest'
import { furthestOf } from './furthest.js'
import { lanes } from './lanes.js'

const turn = () => new Promise<void>((resolve) => { setImmediate(resolve) })

describe('lanes', () => {
  it('one key: one after another, in the order of the calls, also past one that fails', async () => {
    const lane = lanes()
    const seen: string[] = []
    const work = (name: string) => lane.run('key', async () => {
      seen.push(`${name} begins`)
      await turn()
      seen.push(`${name} ends`)
      if (name === 'two') throw new Error(name)
      return name
    })
    expect(await Promise.allSettled([work('one'), work('two'), work('three')])).toMatchObject([{ value: 'one' }, { status: 'rejected' }, { value: 'three' }])
    expect(seen).toEqual(['one', 'two', 'three'].flatMap((name) => [`${name} begins`, `${name} ends`]))
  })

  it('different keys: side by side', async () => {
    const lane = lanes()
    const release: (() => void)[] = []
    const held = lane.run('one', () => new Promise<void>((resolve) => { release.push(resolve) }))
    expect(await lane.run('other', async () => 'not held up')).toBe('not held up')
    for (const go of release) go()
    await held
  })
})

describe('the furthest', () => {
  it('those that come while one is under way become one', async () => {
    const [furthest, ran, release] = [furthestOf<number>(lanes()), [] as number[], [] as (() => void)[]]
    const ask = (through: number) => furthest('key', through, async (reached) => {
      ran.push(reached)
      await new Promise<void>((resolve) => { release.push(resolve) })
      return reached
    })
    const first = ask(1)
    await turn()
    const later = [ask(4), ask(9), ask(7)]
    release.shift()?.()
    await first
    await turn()
    release.shift()?.()
    expect(await Promise.all(later)).toEqual([9, 9, 9])
    expect(ran).toEqual([1, 9])
  })
})
