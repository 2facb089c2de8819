import * as E from 'fp-ts/lib/Either.js'
import type pg from 'pg'
import { memoryHandleRegistry } from '../../adapters/memory/handle-registry.js'
import { memoryKeyring } from '../../adapters/memory/keyring.js'
import { memoryReadModels } from '../../adapters/memory/read-models.js'
import { memoryAudience } from '../../adapters/memory/read-models/audience.js'
import { memoryCommandReceipts } from '../../adapters/memory/read-models/command-receipts.js'
import { memoryMessageFacts } from '../../adapters/memory/read-models/message-facts.js'
import { postgresEventStore } from '../../adapters/postgres/event-store/event-store.js'
import { postgresKeyStore } from '../../adapters/postgres/key-store/key-store.js'
import { inTransaction } from '../../adapters/postgres/pool.js'
import { ensureReadModels } from '../../adapters/postgres/projections/ensure-read-models.js'
import { liveSchema } from '../../adapters/postgres/read-model.js'
import { postgresSnapshotStore } from '../../adapters/postgres/snapshots/snapshot-store.js'
import { postgresNotifications } from '../../adapters/postgres/notifications/model.js'
import { postgresStories } from '../../adapters/postgres/stories/model.js'
import { createCommandSide, type CommandSide, type CommandSideDependencies } from '../../command-side/index.js'
import { decode } from '../../events/codec.js'
import type { Position, RecordedEvent } from '../../events/event-store.js'
import type { Keyring } from '../../events/key-store.js'
import { newId } from '../../platform/identifiers.js'
import { inParallel } from '../../platform/in-parallel.js'
import { storiesProjection } from '../../projections/stories/project.js'

const eventsAtOnce = 2_000
const authorsAtOnce = 128

export const done = async <A>(task: () => Promise<E.Either<unknown, A>>): Promise<A> => {
  const answer = await task()
  if (E.isLeft(answer)) throw new Error(JSON.stringify(answer.left))
  return answer.right
}

/** Log, keys and the read models of stories in a migrated database, and a clock that is stepped. The pool is its owner's. */
export const dueWorldOn = async (pool: pg.Pool, keyring: Keyring = memoryKeyring()) => {
  await ensureReadModels(pool, [postgresStories, postgresNotifications])
  const [eventStore, keyStore, models] = [await postgresEventStore({ pool }), await postgresKeyStore({ pool, keyring, durable: false }), memoryReadModels()]
  let now = Date.now()
  let projected: Position | 'start' = 'start'
  let handles = 0
  const clock = () => now

  /** Of another process: it knows nothing but what is stored. */
  const commandSide = (over: Partial<CommandSideDependencies> = {}): CommandSide => createCommandSide({
    eventStore, keyStore, snapshots: postgresSnapshotStore(pool), handles: memoryHandleRegistry(), handleDigest: (handle) => handle, clock, newId,
    messageFacts: memoryMessageFacts(models.timeline), commandReceipts: memoryCommandReceipts(models.commandReceipts), audience: memoryAudience(models.audience), ...over,
  })

  const apply = (recorded: ReadonlyArray<RecordedEvent>) => inTransaction(pool, (client) =>
    postgresStories.apply(client, liveSchema(postgresStories), recorded.flatMap((each) => {
      const event = decode(each)
      if (E.isLeft(event)) throw new Error(JSON.stringify(event.left))
      return storiesProjection.project({ event: event.right, recorded: each, content: undefined })
    })))

  const project = async (): Promise<void> => {
    const batch: RecordedEvent[] = []
    const reading = new AbortController()
    for await (const step of eventStore.follow(projected, reading.signal)) {
      if (step.type === 'caught-up') break
      const recorded = step as RecordedEvent
      projected = recorded.position
      if (recorded.stream.startsWith('stories-')) batch.push(recorded)
      if (batch.length >= eventsAtOnce) await apply(batch.splice(0))
    }
    reading.abort()
    await apply(batch)
  }

  return {
    eventStore, keyStore, clock, commandSide, project,
    /** Into empty tables, from the beginning of the log. */
    projectAgain: async (): Promise<void> => {
      await pool.query(`TRUNCATE ${postgresStories.tables.map((table) => `${liveSchema(postgresStories)}.${table}`).join()}`)
      projected = 'start'
      await project()
    },
    pass: (milliseconds: number) => { now += milliseconds },
    /** Posts so many stories of each of so many new authors, and projects them; answers their ids. */
    post: async (authors: number, each: number): Promise<ReadonlyArray<string>> => {
      const [side, storyIds]: [CommandSide, string[]] = [commandSide(), []]
      await inParallel([...Array(authors).keys()], authorsAtOnce, async () => {
        const caller = { account: newId(), device: newId() }
        await done(side.account(caller.account, { type: 'RegisterAccount', profile: { handle: `author_${(handles += 1)}`, name: 'Author' } }))
        await done(side.account(caller.account, { type: 'RegisterDevice', deviceId: caller.device }))
        for (let nth = 0; nth < each; nth += 1) {
          const storyId = newId()
          storyIds.push(storyId)
          await done(side.story(caller, { type: 'PostStory', storyId, tier: 'public', content: { text: `story ${nth}` } }))
        }
      })
      await side.close()
      await project()
      return storyIds
    },
    close: async () => {
      await keyStore.close()
      await eventStore.close()
    },
  }
}
