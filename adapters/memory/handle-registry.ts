import * as O from 'fp-ts/lib/Option.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { HandleRegistry } from '../../command-side/ports.js'

/** The complete handle registry in memory. It lives as long as `claims` (handle digest → account). */
export const memoryHandleRegistry = (claims = new Map<string, string>()): HandleRegistry => ({
  claim: (handleDigest, account) =>
    TE.fromIO(() => {
      if (!claims.has(handleDigest)) claims.set(handleDigest, account)
      return claims.get(handleDigest) === account
    }),
  release: (handleDigest, account) =>
    TE.fromIO(() => {
      if (claims.get(handleDigest) === account) claims.delete(handleDigest)
    }),
  holder: (handleDigest) => TE.fromIO(() => O.fromNullable(claims.get(handleDigest))),
  holders: (handleDigests) => TE.fromIO(() => handleDigests.map((handleDigest) => O.fromNullable(claims.get(handleDigest)))),
})
