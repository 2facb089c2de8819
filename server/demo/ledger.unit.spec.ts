import { describe, expect, it } from 'vitest'
import { watchMember } from './ledger.js'

const stays = [{ from: 0, to: 2 }, { from: 4, to: 6 }]
const after = (...messages: ReadonlyArray<number>) => {
  const watch = watchMember('ada', stays)
  messages.forEach(watch.heard)
  return { ...watch.close(), complete: watch.complete() }
}

describe('the ledger of a member', () => {
  it('all of the stays, once, in order', () =>
    expect(after(0, 1, 4, 5)).toEqual({ person: 'ada', expected: 4, received: 4, doubled: 0, outOfOrder: 0, foreign: 0, complete: true }))

  it('a missing message is missed', () => expect(after(0, 1, 5)).toMatchObject({ expected: 4, received: 3, complete: false }))

  it('a message that comes twice is doubled', () => expect(after(0, 1, 1, 4, 5)).toMatchObject({ received: 4, doubled: 1 }))

  it('an older message after a newer one is out of order', () => expect(after(1, 0, 4, 5)).toMatchObject({ outOfOrder: 1 }))

  it('a message from outside the stays is foreign and replaces none', () =>
    expect(after(0, 1, 3, 4)).toMatchObject({ received: 3, foreign: 1, complete: false }))
})
