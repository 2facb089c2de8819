import { describe, expect, it } from 'vitest'
import type { Socket } from '../ports.js'
import { createRegistry } from '../sessions/registry.js'
import { newSession, type Frame, type Session } from '../sessions/session.js'
import { createReads } from './reads.js'

const socket: Socket = { remoteAddress: '', send: () => 0, close: () => undefined, batched: (work) => { work() } }
const conversation = 'c'

/** So many accounts with two devices each, one session a device, in one conversation. */
const room = (accounts: number) => {
  const registry = createRegistry()
  const heard = new Map<Session, Frame[]>()
  const reads = createReads(registry, { push: (session, frame) => { heard.get(session)?.push(frame) } })
  const sessions = Array.from({ length: 2 * accounts }, (_, at) => {
    const [account, device] = [`a${Math.floor(at / 2)}`, `d${at}`]
    const session = newSession({ id: device, socket, device, identity: { account, expiresAt: 0, tokenId: undefined }, now: 0, nextPingAt: 0 })
    registry.enter(session)
    registry.seat(session, conversation, { visible: [{ from: 0, to: undefined }], asOf: 0 }, 9)
    heard.set(session, [])
    return session
  })
  const told = (at: number): ReadonlyArray<unknown> => (heard.get(sessions[at] as Session) ?? []).map((frame) => JSON.parse(frame.toString()).members)
  return { reads, told }
}

describe('read markers that moved', () => {
  it('those of many readers come as one frame, the furthest of each; not to the device that read', () => {
    const { reads, told } = room(3)
    reads.note(conversation, 'a0', 3, 'd0')
    reads.note(conversation, 'a0', 2, 'd1')
    reads.note(conversation, 'a1', 5, 'd2')
    reads.tell()
    const [first, second] = [{ userId: 'a0', through: 3 }, { userId: 'a1', through: 5 }]
    expect([0, 1, 2, 3, 4].map(told)).toEqual([[[second]], [[second, first]], [[first]], [[first, second]], [[first, second]]])
    reads.tell()
    expect(told(4)).toHaveLength(1)
  })

  it('where more than 200 sessions would tell each other, the own other devices alone', () => {
    const { reads, told } = room(101)
    reads.note(conversation, 'a0', 3, 'd0')
    reads.tell()
    expect([0, 1, 2, 201].map(told)).toEqual([[], [[{ userId: 'a0', through: 3 }]], [], []])
  })
})
