import * as O from 'fp-ts/lib/Option.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Credentials, DenyList, IssuerStore, RefreshFamilies, Rotated, Rotation } from '../issuer/ports.js'

interface Family {
  readonly account: string
  readonly current: string
  readonly replaced: string | undefined
  readonly rotatedAt: number
  readonly expiresAt: number
}

const textOf = (hash: Uint8Array): string => Buffer.from(hash).toString('base64url')

const memoryCredentials = (hashes: Map<string, string>): Credentials => ({
  save: (account, passwordHash) => TE.fromIO(() => { hashes.set(account, passwordHash) }),
  find: (account) => TE.fromIO(() => O.fromNullable(hashes.get(account))),
  remove: (account) => TE.fromIO(() => { hashes.delete(account) }),
})

const rotate = (families: Map<string, Family>, { family, used, next, expiresAt, now, graceMs }: Rotation): Rotated => {
  const found = families.get(family)
  if (found === undefined || found.expiresAt <= now) return { _tag: 'Unknown' }
  const { account, current, replaced, rotatedAt } = found
  if (current === textOf(used)) {
    families.set(family, { account, current: textOf(next), replaced: current, rotatedAt: now, expiresAt })
    return { _tag: 'Rotated', account }
  }
  if (replaced === textOf(used) && current === textOf(next) && now <= rotatedAt + graceMs) return { _tag: 'Rotated', account }
  families.delete(family)
  return { _tag: 'Reused', account }
}

const clear = <A>(entries: Map<string, A>, isOver: (entry: A) => boolean): void => {
  for (const [name, entry] of entries) if (isOver(entry)) entries.delete(name)
}

const memoryFamilies = (families: Map<string, Family>): RefreshFamilies => ({
  open: ({ family, account, tokenHash, expiresAt }, now) =>
    TE.fromIO(() => {
      clear(families, (one) => one.expiresAt <= now)
      families.set(family, { account, current: textOf(tokenHash), replaced: undefined, rotatedAt: 0, expiresAt })
    }),
  rotate: (rotation) => TE.fromIO(() => rotate(families, rotation)),
  revoke: (family, tokenHash) =>
    TE.fromIO(() => {
      const found = families.get(family)
      if (found === undefined || ![found.current, found.replaced].includes(textOf(tokenHash))) return O.none
      families.delete(family)
      return O.some(found.account)
    }),
})

const memoryDenyList = (denied: Map<string, number>): DenyList => ({
  deny: (tokenId, until, now) =>
    TE.fromIO(() => {
      clear(denied, (end) => end <= now)
      denied.set(tokenId, Math.max(until, denied.get(tokenId) ?? 0))
    }),
  denied: (tokenIds) => TE.fromIO((): ReadonlySet<string> => new Set(tokenIds.filter((tokenId) => denied.has(tokenId)))),
})

/** The complete issuer's store in memory; it lives as long as the record. */
export const memoryIssuerStore = (): IssuerStore => ({
  credentials: memoryCredentials(new Map()),
  families: memoryFamilies(new Map()),
  denyList: memoryDenyList(new Map()),
})
