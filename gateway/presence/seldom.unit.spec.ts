import { describe, expect, it } from 'vitest'
import { seldom } from './seldom.js'

describe('what may pass once in so long', () => {
  it('each by itself; again when the time is over, counted from when it passed', () => {
    const { mayPass } = seldom(100)
    expect([mayPass('a', 0), mayPass('a', 99), mayPass('b', 99), mayPass('a', 100), mayPass('a', 150), mayPass('a', 199), mayPass('a', 200)])
      .toEqual([true, false, true, true, false, false, true])
  })

  it('forgets only what may pass again', () => {
    const { mayPass, forget } = seldom(100)
    for (const [key, at] of [['a', 0], ['b', 50], ['a', 100]] as const) expect(mayPass(key, at)).toBe(true)
    forget(160)
    expect([mayPass('b', 160), mayPass('a', 199), mayPass('a', 200)]).toEqual([true, false, true])
  })
})
