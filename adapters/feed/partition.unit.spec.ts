import { describe, expect, it } from 'vitest'
import { conversationStream } from '../../events/streams.js'
import { murmur2, partitionOf } from './partition.js'

describe('the partition of a stream', () => {
  it('rests on the hash of Kafka\'s own producer', () => {
    const known: ReadonlyArray<[string, number]> = [
      ['21', -973932308], ['foobar', -790332482], ['a-little-bit-long-string', -985981536], ['a-little-bit-longer-string', -1486304829],
      ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971], ['abc', 479470107],
    ]
    expect(known.map(([text]) => murmur2(Buffer.from(text)))).toEqual(known.map(([, hash]) => hash))
  })

  it('never changes', () => {
    const stream = (n: number) => conversationStream(`018f0000-0000-7000-8000-00000000000${n}`)
    const golden = Array.from({ length: 8 }, (_, n) => [8, 12, 1].map((partitions) => partitionOf(stream(n), partitions)))
    expect(golden).toEqual([[0, 4, 0], [7, 11, 0], [3, 11, 0], [3, 11, 0], [5, 9, 0], [1, 5, 0], [1, 1, 0], [0, 4, 0]])
  })
})
