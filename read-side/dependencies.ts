import type { Audience } from '../events/audience.js'
import type { KeyStore } from '../events/key-store.js'
import type { ProgressReader } from '../events/progress.js'
import type { Clock } from '../platform/clock.js'
import type { Readers } from './ports.js'

export interface ReadSideDependencies {
  readonly readers: Readers
  readonly keyStore: Pick<KeyStore, 'find'>
  readonly progress: ProgressReader
  /** What is told of stories is told to whom may see them now. */
  readonly audience: Audience
  /** What ends by the clock ends by this one. */
  readonly clock: Clock
  /** The keyed digest of a handle in lower case: the same that the directory is projected with. */
  readonly handleDigest: (handle: string) => string
}
