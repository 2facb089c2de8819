import { describe, expect, it } from 'vitest'
import type { Position, RecordedEvent } from '../../events/event-store.js'
import { conversationStream } from '../../events/streams.js'
import { createKeptBack } from './kept-back.js'

const none = new Uint8Array()
const event = (n: number, bytes = 0): RecordedEvent => ({
  stream: conversationStream('c'), revision: BigInt(n), position: `${n}` as Position, id: 'i', type: 'MessageSent', version: 1, data: new Uint8Array(bytes), metadata: none, sealed: undefined,
})
const revisions = (kept: ReturnType<ReturnType<typeof createKeptBack>['from']>) => kept?.map(({ event: { revision } }) => Number(revision))

describe('live events kept back', () => {
  it('each reader gets what came since it began; nothing is kept for nobody', () => {
    const kept = createKeptBack()
    kept.append(event(0), undefined)
    kept.open()
    const first = kept.end()
    kept.append(event(1), undefined)
    kept.open()
    const second = kept.end()
    kept.append(event(2), 'frame')
    expect([revisions(kept.from(first)), revisions(kept.from(second)), revisions(kept.from(kept.end()))]).toEqual([[1, 2], [2], []])
    kept.release()
    expect(revisions(kept.from(second))).toEqual([2])
    kept.release()
    kept.open()
    expect(kept.from(second)).toBeUndefined()
    expect(kept.from(kept.end())).toEqual([])
  })

  it('past its bound in events or bytes it is dropped, and every reader knows', () => {
    for (const [kept, size] of [[createKeptBack(3, 1_000), 1], [createKeptBack(1_000, 30), 10]] as const) {
      kept.open()
      const start = kept.end()
      for (const n of [1, 2, 3]) kept.append(event(n, size), undefined)
      const later = kept.end()
      expect(revisions(kept.from(start))).toEqual([1, 2, 3])
      kept.append(event(4, size), undefined)
      expect([kept.from(start), kept.from(later)]).toEqual([undefined, undefined])
      kept.append(event(5, size), undefined)
      expect(revisions(kept.from(kept.end() - 1))).toEqual([5])
    }
  })

  it('a reader at its very end notices a drop as well: something before what follows was missed', () => {
    const kept = createKeptBack()
    kept.open()
    const start = kept.end()
    kept.drop()
    expect(kept.from(start)).toBeUndefined()
  })
})
