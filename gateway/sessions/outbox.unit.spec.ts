import { describe, expect, it } from 'vitest'
import type { Socket } from '../ports.js'
import { createOutbox, measure } from './outbox.js'
import { newSession, type Session } from './session.js'

/** A socket whose reader takes nothing once `full`. */
const pipe = () => {
  const state = { writes: 0, sent: [] as (string | Uint8Array)[], waiting: 0, full: false }
  const socket: Socket = {
    remoteAddress: '',
    close: () => undefined,
    batched: (work) => { state.writes += 1; work() },
    send: (frame) => {
      state.sent.push(frame)
      if (state.full) state.waiting += frame.length
      return state.waiting
    },
  }
  const session: Session = newSession({ id: 's', socket, device: 'd', identity: { account: 'a', expiresAt: 0, tokenId: undefined }, now: 0, nextPingAt: 0 })
  return { state, session }
}
const turn = () => new Promise((resolve) => { setImmediate(resolve) })

describe('the outbox', () => {
  it('the frames of one loop turn leave in one write, in order, for each socket', async () => {
    const outbox = createOutbox(() => undefined)
    const [one, two] = [pipe(), pipe()]
    for (const n of [1, 2, 3]) for (const { session } of [one, two]) outbox.push(session, `${n}`)
    expect(one.state.sent).toEqual([])
    await turn()
    for (const { state } of [one, two]) expect([state.sent, state.writes]).toEqual([['1', '2', '3'], 1])
    one.session.stage = 'closed'
    outbox.push(one.session, 'late')
    await turn()
    expect(one.state.sent).toEqual(['1', '2', '3'])
  })

  it('X12: the frame that passes 10,000 waiting, or 8 MiB, is the last, and told once', () => {
    for (const [frame, most] of [['x', 10_001], ['x'.repeat(1_000_000), 9]] as const) {
      const slow: Session[] = []
      const outbox = createOutbox((session) => { slow.push(session) })
      const { state, session } = pipe()
      state.full = true
      for (let n = 0; n < 12_000; n += 1) outbox.push(session, frame)
      outbox.flush(session)
      expect([state.sent.length, slow]).toEqual([most, [session]])
    }
  })

  it('a steady reader that never empties its queue is not mistaken for a slow one', () => {
    const { session } = pipe()
    session.waitingBytes = 1_000
    session.waitingFrames = 100
    for (let n = 0; n < 100_000; n += 1) {
      session.waitingFrames += 1
      session.waitingBytes += 10
      measure(session, 1_000)
    }
    expect(session.waitingFrames).toBeLessThan(300)
    measure(session, 0)
    expect([session.waitingFrames, session.waitingBytes]).toEqual([0, 0])
  })
})
