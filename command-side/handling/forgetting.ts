import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { RecordedEvent } from '../../events/event-store.js'
import type { KeyStore, KeyStoreUnavailable } from '../../events/key-store.js'
import { read } from './kept.js'

const isDeletion = (type: string): boolean => type === 'MessageDeleted' || type === 'StoryDeleted' || type === 'StoryExpired'

const unitOf = (recorded: RecordedEvent): ReadonlyArray<string> => {
  if (!isDeletion(recorded.type)) return []
  const { data } = read(recorded)
  return 'unit' in data ? [data.unit] : []
}

/**
 * Destroys the keys of what these events deleted, or ended. The command side does so right after its append; a consumer of the
 * feed gives every event to this again, so that a process that dies in between leaves nothing that opens. Idempotent;
 * on `KeyStoreUnavailable` nothing may have been destroyed: give the same events again.
 */
export const forgetDeleted = (keyStore: KeyStore) => (events: ReadonlyArray<RecordedEvent>): TaskEither<KeyStoreUnavailable, void> => {
  const units = events.flatMap(unitOf)
  return units.length === 0 ? TE.right(undefined) : keyStore.destroy(units)
}
