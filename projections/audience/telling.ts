import * as E from 'fp-ts/lib/Either.js'
import type { PrivacyCache, RelationPair } from '../../events/privacy-cache.js'
import type { ProjectedBatch, ProjectionStore } from '../ports.js'
import type { AudienceWrite } from './writes.js'
import { audienceModel } from './writes.js'

const changedBy = ({ steps }: ProjectedBatch): ReadonlyArray<RelationPair> =>
  (steps.get(audienceModel.name) ?? [])
    // The steps of a projection carry its own writes.
    .flatMap(({ outcome }) => (E.isRight(outcome) ? (outcome.right as ReadonlyArray<AudienceWrite>) : []))
    .flatMap((write) => (write.op === 'listed' ? [[write.userId, write.other] as const] : []))

/**
 * The store, whose commits tell the privacy cache before and after which relations they change: what is committed is no
 * longer answered otherwise from the cache. A cache that is away stops no commit: what it keeps grows old by itself.
 */
export const tellingPrivacyCache = (store: ProjectionStore, cache: Pick<PrivacyCache, 'changing' | 'changed'>): ProjectionStore => ({
  ...store,
  commit: (batch) => async () => {
    const pairs = changedBy(batch)
    if (pairs.length === 0) return store.commit(batch)()
    await cache.changing(pairs)()
    try {
      return await store.commit(batch)()
    } finally {
      await cache.changed(pairs)()
    }
  },
})
