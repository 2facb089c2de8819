import { expect, it } from 'vitest'
import { memoryPrivacyCache } from '../../adapters/memory/privacy-cache.js'
import { RELATIONS_KEPT_MS } from '../../events/privacy-cache.js'
import { privacyCacheContract, relationNumbered, right } from './privacy-cache/index.js'

privacyCacheContract('memory', async () => {
  const cache = memoryPrivacyCache()
  return { caches: [cache, cache], close: async () => undefined }
})

it('P4: in memory, by its own clock: kept from the lease on, not from the keeping', async () => {
  let now = 0
  const cache = memoryPrivacyCache(() => now)
  const lease = (await right(cache.find('viewer', ['author']))).lease ?? ''
  now = RELATIONS_KEPT_MS - 1
  await right(cache.keep('viewer', lease, [['author', relationNumbered(1)]]))
  expect((await right(cache.find('viewer', ['author']))).relations).toEqual([relationNumbered(1)])
  now = RELATIONS_KEPT_MS
  expect((await right(cache.find('viewer', ['author']))).relations).toEqual([undefined])
  await right(cache.keep('viewer', lease, [['author', relationNumbered(1)]]))
  expect((await right(cache.find('viewer', ['author']))).relations).toEqual([undefined])
})
