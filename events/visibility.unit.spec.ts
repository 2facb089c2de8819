import { describe, expect, it } from 'vitest'
import { afterAdded, afterRemoved, isMember, mayRead } from './visibility.js'

const readable = (visible: Parameters<typeof mayRead>[0], upTo: number) =>
  Array.from({ length: upTo }, (_, revision) => revision).filter((revision) => mayRead(visible, revision))

describe('what a member may read', () => {
  it('E9: with shared history everything, until removed', () => {
    const added = afterAdded([], 'shared', 4)
    expect(readable(added, 7)).toEqual([0, 1, 2, 3, 4, 5, 6])
    expect(readable(afterRemoved(added, 5), 7)).toEqual([0, 1, 2, 3, 4, 5])
  })

  it('E9: since joining, each stay apart', () => {
    const twice = afterRemoved(afterAdded(afterRemoved(afterAdded([], 'sinceJoin', 2), 3), 'sinceJoin', 6), 7)
    expect(readable(twice, 9)).toEqual([2, 3, 6, 7])
    expect([isMember(twice), isMember(afterAdded(twice, 'sinceJoin', 8))]).toEqual([false, true])
  })

  it('the creator sees the creation', () => expect(readable(afterAdded([], 'sinceJoin', 1), 3)).toEqual([0, 1, 2]))

  it('nobody else sees anything', () => expect([readable([], 3), isMember([])]).toEqual([[], false]))
})
