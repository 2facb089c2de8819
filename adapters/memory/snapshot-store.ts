import * as O from 'fp-ts/lib/Option.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Snapshot, SnapshotStore } from '../../command-side/ports.js'

const place = ({ stream, schema }: Pick<Snapshot, 'stream' | 'schema'>): string => `${schema} ${stream}`

/** The complete snapshot store in memory. It lives as long as `kept`: a second store over it is a restart. */
export const memorySnapshotStore = (kept = new Map<string, Snapshot>()): SnapshotStore => ({
  save: (snapshot) =>
    TE.fromIO(() => {
      const there = kept.get(place(snapshot))
      if (there === undefined || there.revision < snapshot.revision) kept.set(place(snapshot), { ...snapshot, state: snapshot.state.slice() })
    }),
  load: (stream, schema) => TE.fromIO(() => O.fromNullable(kept.get(place({ stream, schema })))),
})
