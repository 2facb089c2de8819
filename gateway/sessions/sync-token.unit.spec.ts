import { randomBytes } from 'node:crypto'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import type { Position } from '../../events/event-store.js'
import { syncTokens } from './sync-token.js'

const DAY_MS = 86_400_000
const owner = { account: 'a', device: 'd' }
const place = '00000000000000000042' as Position
const key = randomBytes(32)
const tokens = syncTokens(key, 30)

describe('Q5: sync tokens', () => {
  it('opens for its device what was sealed for it', () => {
    expect(tokens.open(owner, tokens.seal(owner, place, 1_000), 2_000)).toEqual(E.right(place))
    expect(tokens.open(owner, tokens.seal(owner, 'start', 1_000), 2_000)).toEqual(E.right('start'))
  })

  it('is unreadable to another account, another device, another installation', () => {
    const token = tokens.seal(owner, place, 0)
    for (const other of [{ account: 'b', device: 'd' }, { account: 'a', device: 'e' }, { account: 'a\nd', device: '' }]) {
      expect(tokens.open(other, token, 0)).toEqual(E.left('unreadable'))
    }
    expect(syncTokens(randomBytes(32), 30).open(owner, token, 0)).toEqual(E.left('unreadable'))
  })

  it('is unreadable when any byte is altered, cut off or added', () => {
    const bytes = Buffer.from(tokens.seal(owner, place, 0), 'base64url')
    for (let at = 0; at < bytes.length; at += 1) {
      const altered = Buffer.from(bytes)
      altered[at] = (altered[at] ?? 0) ^ 1
      expect(tokens.open(owner, altered.toString('base64url'), 0)).toEqual(E.left('unreadable'))
      expect(tokens.open(owner, bytes.subarray(0, at).toString('base64url'), 0)).toEqual(E.left('unreadable'))
    }
    for (const other of ['', '*', `${bytes.toString('base64url')}=`, `${bytes.toString('base64url')}AA`]) {
      expect(tokens.open(owner, other, 0)).toEqual(E.left('unreadable'))
    }
  })

  it('expires after its days, not before', () => {
    const token = tokens.seal(owner, place, 5)
    expect(tokens.open(owner, token, 5 + 30 * DAY_MS)).toEqual(E.right(place))
    expect(tokens.open(owner, token, 6 + 30 * DAY_MS)).toEqual(E.left('expired'))
  })

  it('says nothing of the place it carries, and never twice the same', () => {
    const [one, two] = [tokens.seal(owner, place, 0), tokens.seal(owner, place, 0)]
    expect(one).not.toBe(two)
    expect(Buffer.from(one, 'base64url').includes(place)).toBe(false)
    expect(one.length).toBeLessThan(1_024)
  })
})
