import type pg from 'pg'
import { uuidv7 } from 'uuidv7'
import { catchUpFeed } from '../../../adapters/catch-up/feed.js'
import { ensureReadModels } from '../../../adapters/postgres/projections/ensure-read-models.js'
import type { PostgresReadModel } from '../../../adapters/postgres/read-model.js'
import type { EventStore } from '../../../events/event-store.js'
import type { KeyStore } from '../../../events/key-store.js'
import type { SearchIndex } from '../../../events/search/index-port.js'
import { words } from '../../../events/search/normalise.js'
import { startProjector, type Projection, type ProjectionStore, type Projector } from '../../../projections/index.js'
import { aGroup, aMember, answer, commandSides, message, numbered } from '../../support/command-side.js'
import { until } from '../../support/until.js'

/** What fills an index: its tables in Postgres, its projection, its store. */
export interface Filling {
  readonly model: PostgresReadModel<never>
  readonly projection: Projection<unknown>
  readonly store: ProjectionStore
}

/** An engine under test, empty when opened. */
export interface OpenIndexing {
  readonly pool: pg.Pool
  readonly index: SearchIndex
  /** Whether the index is written by itself, not in the transaction of the checkpoint. */
  readonly isApart: boolean
  /** What fills the index over these connections and by this way to it. */
  readonly filling: (pool: pg.Pool, index: SearchIndex) => Filling
  readonly close: () => Promise<void>
}

export interface IndexingWorld extends OpenIndexing {
  readonly eventStore: EventStore
  readonly keyStore: KeyStore
  readonly calm: Filling
  /** Ada sends `first` and two more messages to a group of her own, edits one twice and deletes one. */
  readonly writeRound: (first: string) => Promise<void>
  /** What the index must hold by now, and what it holds: every document as a line. */
  readonly expected: () => ReadonlyArray<string>
  readonly indexed: () => Promise<ReadonlyArray<string>>
  /** Indexes from where it was left; resolves at what is the end of the log now, or when `dead` says so. */
  readonly indexAll: (filling: Filling, dead?: () => boolean) => Promise<void>
  readonly feed: ReturnType<typeof catchUpFeed>
}

/** Small, so that a round takes several. */
const EVENTS_IN_A_BATCH = 4

export const worldOf = async (opened: OpenIndexing): Promise<IndexingWorld> => {
  const disk = commandSides()
  const side = disk.start()
  const { eventStore, keyStore } = disk.parts()
  const calm = opened.filling(opened.pool, opened.index)
  await ensureReadModels(opened.pool, [calm.model])
  const feed = catchUpFeed({ eventStore, partitions: 2 })
  const standing = new Map<string, string>()
  const ada = await aMember(side)

  const writeRound = async (first: string): Promise<void> => {
    const conversation = await aGroup(side, ada)
    const send = numbered(side, ada, conversation, 2)
    const stand = (sequence: number, text: string | undefined, version: number) => {
      const key = `${conversation} ${sequence}`
      if (text === undefined) standing.delete(key)
      else standing.set(key, JSON.stringify([conversation, sequence, version, ada.account, words(text)]))
    }
    const sent = []
    for (const text of [first, 'to be changed', 'to be deleted']) {
      const messageId = uuidv7()
      const { sequence } = await send(message(text, { messageId }))
      stand(sequence, text, sequence)
      sent.push({ sequence, messageId })
    }
    const [, changed, deleted] = sent
    if (changed === undefined || deleted === undefined) throw new Error('three were sent')
    for (const text of ['changed once', `changed twice ${first}`]) {
      const { sequence } = await send({ type: 'EditMessage', target: changed.sequence, content: { text } })
      stand(changed.sequence, text, sequence)
    }
    await send({ type: 'DeleteMessage', target: deleted.sequence })
    stand(deleted.sequence, undefined, 0)
  }

  const indexAll: IndexingWorld['indexAll'] = async ({ projection, store }, dead = () => false) => {
    let caughtUp = new Set<number>()
    const projector: Projector = startProjector({
      feed, group: 'search', projections: [projection], store, keyStore, announced: projection.name, maxEvents: EVENTS_IN_A_BATCH,
      announcer: { announce: () => undefined },
      onProblem: (problem) => { if (problem._tag === 'NotCommitted' && problem.error._tag === 'CheckpointMoved') caughtUp = new Set() },
      onCommitted: (commit) => { if (commit.caughtUp) caughtUp.add(commit.partition) },
    })
    await until(() => dead() || caughtUp.size === feed.partitions)
    await projector.stop()
  }

  return {
    ...opened, eventStore, keyStore, calm, feed, writeRound, indexAll,
    expected: () => [...standing.values()].sort(),
    indexed: async () => {
      await answer(opened.index.refresh())
      const found: string[] = []
      for await (const { document: { conversation, sequence, sender, indexed }, version } of opened.index.documents()) {
        found.push(JSON.stringify([conversation, sequence, version, sender, indexed.mode === 'words' ? indexed.words : indexed]))
      }
      return found.sort()
    },
    close: async () => {
      await side.close()
      await eventStore.close()
      await opened.close()
    },
  }
}
