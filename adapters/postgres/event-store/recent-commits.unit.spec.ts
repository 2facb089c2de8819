import { describe, expect, it } from 'vitest'
import type { RecordedEvent } from '../../../events/event-store.js'
import { conversationStream } from '../../../events/streams.js'
import { newId } from '../../../platform/identifiers.js'
import { recentCommits } from './recent-commits.js'
import { positionOf } from './rows.js'

const stream = conversationStream(newId())
const event = (position: number, bytes = 1): RecordedEvent => ({
  stream, revision: BigInt(position), position: positionOf(position), id: newId(), type: 'MessageSent', version: 1,
  data: new Uint8Array(bytes), metadata: new Uint8Array(0), sealed: undefined,
})
const events = (from: number, to: number, bytes = 1) => Array.from({ length: to - from + 1 }, (_, index) => event(from + index, bytes))

describe('what a process committed itself', () => {
  it('is handed out in order after any position that it reaches back to', () => {
    const [recent, all] = [recentCommits(), events(1, 6)]
    recent.add(all.slice(0, 2))
    recent.add(all.slice(2))
    for (const after of [0, 1, 2, 5]) expect(recent.after(BigInt(after))).toEqual(all.slice(after))
  })

  it('is nothing at its end, beyond it, or before its beginning', () => {
    const recent = recentCommits()
    expect(recent.after(0n)).toBeUndefined()
    recent.add(events(3, 4))
    for (const position of [0n, 1n, 4n, 5n]) expect(recent.after(position)).toBeUndefined()
  })

  it('begins anew after a gap: another process wrote in between (L1)', () => {
    const [recent, later] = [recentCommits(), events(5, 6)]
    recent.add(events(1, 3))
    recent.add(later)
    expect(recent.after(2n)).toBeUndefined()
    expect(recent.after(3n)).toBeUndefined()
    expect(recent.after(4n)).toEqual(later)
  })

  it('is bounded in events and in bytes: then it begins anew with the next commit', () => {
    const [many, heavy] = [recentCommits(), recentCommits()]
    many.add(events(1, 4_096))
    many.add(events(4_097, 4_097))
    heavy.add(events(1, 2, 4 * 1024 * 1024))
    heavy.add(events(3, 3))
    expect([many.after(4_095n), many.after(4_096n)?.length, heavy.after(1n), heavy.after(2n)?.length]).toEqual([undefined, 1, undefined, 1])
  })
})
