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
    const { relations, lease } = found.right
    const whole = relations.filter((relation) => relation !== undefined)
    if (whole.length === authors.length) return E.right(whole)
    const known = new Map<string, Relation>()
    authors.forEach((author, index) => {
      const relation = relations[index]
      if (relation !== undefined) known.set(author, relation)
    })
    const missing = [...new Set(authors)].filter((author) => !known.has(author))
    const read = await audience.relations(viewer, missing)()
    if (E.isLeft(read)) return read
    const rows = missing.flatMap((author, index) => {
      const relation = read.right[index]
      return relation === undefined ? [] : [[author, relation] as const]
    })
    for (const [author, relation] of rows) known.set(author, relation)
    // Nobody waits for it: what is not kept is read again.
    if (lease !== undefined) void cache.keep(viewer, lease, rows)()
    return E.right(authors.flatMap((author) => known.get(author) ?? []))
  },
})
