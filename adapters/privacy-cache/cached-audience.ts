import * as E from 'fp-ts/lib/Either.js'
import type { Audience, Relation } from '../../events/audience.js'
import type { PrivacyCache } from '../../events/privacy-cache.js'

/**
 * The audience through its cache: what is not known there is read from the audience and kept. A cache that is empty, slow or away
 * costs time and changes no answer (P5). `authorsFor` is one look-up of an index and is not kept.
 */
export const cachedAudience = (audience: Audience, cache: PrivacyCache): Audience => ({
  authorsFor: audience.authorsFor,
  relations: (viewer, authors) => async () => {
    const found = await cache.find(viewer, authors)()
    if (E.isLeft(found)) return audience.relations(viewer, authors)()
    const known = new Map<string, Relation>()
    authors.forEach((author, index) => {
      const relation = found.right.relations[index]
      if (relation !== undefined) known.set(author, relation)
    })
    const missing = [...new Set(authors)].filter((author) => !known.has(author))
    if (missing.length > 0) {
      const read = await audience.relations(viewer, missing)()
      if (E.isLeft(read)) return read
      const rows = read.right.flatMap((relation, index) => {
        const author = missing[index]
        return author === undefined ? [] : [[author, relation] as const]
      })
      for (const [author, relation] of rows) known.set(author, relation)
      // Nobody waits for it: what is not kept is read again.
      if (found.right.lease !== undefined) void cache.keep(viewer, found.right.lease, rows)()
    }
    return E.right(authors.flatMap((author) => known.get(author) ?? []))
  },
})
