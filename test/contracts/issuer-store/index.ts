import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { randomBytes, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { IssuerStore, Rotation } from '../../../adapters/issuer/ports.js'
import { newId } from '../../../platform/identifiers.js'

export interface OpenIssuerStore {
  /** Two stores over the same data, as two processes have them. */
  readonly store: IssuerStore
  readonly other: IssuerStore
  readonly close: () => Promise<void>
}

const GRACE_MS = 60_000
const now = 1_800_000_000_000
const later = now + 86_400_000

const done = async <A>(task: TaskEither<unknown, A>): Promise<A> => {
  const answer = await task()
  if (E.isLeft(answer)) throw new Error('the store refused', { cause: answer.left })
  return answer.right
}

const hash = () => new Uint8Array(randomBytes(32))

/** What every adapter of the issuer's store holds. */
export const issuerStoreContract = (name: string, open: () => Promise<OpenIssuerStore>): void => {
  describe(`the issuer store contract, ${name}`, () => {
    let opened: OpenIssuerStore | undefined
    beforeAll(async () => { opened = await open() })
    afterAll(() => opened?.close())
    const store = (): OpenIssuerStore => {
      if (opened === undefined) throw new Error('the store did not open')
      return opened
    }

    /** A family with its first token. */
    const signedIn = async (expiresAt = later) => {
      const [family, account, tokenHash] = [randomUUID(), newId(), hash()]
      await done(store().store.families.open({ family, account, tokenHash, expiresAt }, now))
      return { family, account, tokenHash }
    }
    const rotation = (more: Pick<Rotation, 'family' | 'used' | 'next'> & Partial<Rotation>): Rotation => ({ expiresAt: later, now, graceMs: GRACE_MS, ...more })

    it('a hash is found under its account alone, replaced, and gone after it was removed', async () => {
      const { credentials } = store().store
      const [account, stranger] = [newId(), newId()]
      expect(await done(credentials.find(account))).toEqual(O.none)
      await done(credentials.save(account, 'one'))
      await done(credentials.save(account, 'two'))
      expect(await done(store().other.credentials.find(account))).toEqual(O.some('two'))
      expect(await done(credentials.find(stranger))).toEqual(O.none)
      await done(credentials.remove(account))
      await done(credentials.remove(account))
      expect(await done(credentials.find(account))).toEqual(O.none)
    })

    it('each token is replaced by the next, across processes', async () => {
      const { family, account, tokenHash } = await signedIn()
      const [second, third] = [hash(), hash()]
      expect(await done(store().store.families.rotate(rotation({ family, used: tokenHash, next: second })))).toEqual({ _tag: 'Rotated', account })
      expect(await done(store().other.families.rotate(rotation({ family, used: second, next: third })))).toEqual({ _tag: 'Rotated', account })
    })

    it('a token that was replaced and comes again ends its family', async () => {
      const { family, account, tokenHash } = await signedIn()
      const [second, third] = [hash(), hash()]
      await done(store().store.families.rotate(rotation({ family, used: tokenHash, next: second })))
      await done(store().store.families.rotate(rotation({ family, used: second, next: third })))
      expect(await done(store().other.families.rotate(rotation({ family, used: tokenHash, next: second })))).toEqual({ _tag: 'Reused', account })
      expect(await done(store().store.families.rotate(rotation({ family, used: third, next: hash() })))).toEqual({ _tag: 'Unknown' })
    })

    it('the same rotation again is answered the same within the grace, and is reuse after it', async () => {
      const { family, account, tokenHash } = await signedIn()
      const next = hash()
      const again = (at: number) => done(store().other.families.rotate(rotation({ family, used: tokenHash, next, now: at })))
      await done(store().store.families.rotate(rotation({ family, used: tokenHash, next })))
      expect(await again(now + GRACE_MS)).toEqual({ _tag: 'Rotated', account })
      expect(await again(now + GRACE_MS + 1)).toEqual({ _tag: 'Reused', account })
    })

    it('of 8 different successors at once one wins, and then the family ends', async () => {
      const { family, tokenHash } = await signedIn()
      const answers = await Promise.all(Array.from({ length: 8 }, (_, index) => done((index % 2 === 0 ? store().store : store().other).families.rotate(rotation({ family, used: tokenHash, next: hash() })))))
      const tags = answers.map(({ _tag }) => _tag)
      expect([tags.filter((tag) => tag === 'Rotated').length, tags.filter((tag) => tag === 'Reused').length]).toEqual([1, 1])
    })

    it('the same successor 8 times at once is given each time', async () => {
      const { family, tokenHash } = await signedIn()
      const next = hash()
      const answers = await Promise.all(Array.from({ length: 8 }, () => done(store().other.families.rotate(rotation({ family, used: tokenHash, next })))))
      expect(answers.every(({ _tag }) => _tag === 'Rotated')).toBe(true)
    })

    it('an expired family is unknown, from the very millisecond, and a rotation moves the end', async () => {
      const { family, tokenHash } = await signedIn(now + 1_000)
      const next = hash()
      expect(await done(store().store.families.rotate(rotation({ family, used: tokenHash, next, now: now + 999, expiresAt: now + 5_000 })))).toMatchObject({ _tag: 'Rotated' })
      expect(await done(store().store.families.rotate(rotation({ family, used: next, next: hash(), now: now + 5_000 })))).toEqual({ _tag: 'Unknown' })
      expect(await done(store().store.families.rotate(rotation({ family: randomUUID(), used: next, next: hash() })))).toEqual({ _tag: 'Unknown' })
    })

    it('a family is revoked by its current or its replaced token, by no other', async () => {
      const [one, two] = [await signedIn(), await signedIn()]
      const next = hash()
      await done(store().store.families.rotate(rotation({ family: two.family, used: two.tokenHash, next })))
      expect(await done(store().store.families.revoke(one.family, two.tokenHash))).toEqual(O.none)
      expect(await done(store().other.families.revoke(one.family, one.tokenHash))).toEqual(O.some(one.account))
      expect(await done(store().store.families.revoke(one.family, one.tokenHash))).toEqual(O.none)
      expect(await done(store().store.families.revoke(two.family, two.tokenHash))).toEqual(O.some(two.account))
      expect(await done(store().store.families.rotate(rotation({ family: two.family, used: next, next: hash() })))).toEqual({ _tag: 'Unknown' })
    })

    it('a denied token id is denied for every process, and a shorter denial does not shorten it', async () => {
      const [one, two, over] = [newId(), newId(), newId()]
      await done(store().store.denyList.deny(one, later, now))
      await done(store().store.denyList.deny(one, now + 1, now))
      await done(store().store.denyList.deny(over, now + 10, now))
      expect(await done(store().other.denyList.denied([one, two, over]))).toEqual(new Set([one, over]))
      await done(store().store.denyList.deny(two, later, now + 10))
      expect(await done(store().other.denyList.denied([one, two, over]))).toEqual(new Set([one, two]))
      expect(await done(store().other.denyList.denied([]))).toEqual(new Set())
    })
  })
}
