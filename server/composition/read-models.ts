import { createHmac } from 'node:crypto'
import { ensureReadModels } from '../../adapters/postgres/projections/ensure-read-models.js'
import { postgresProgress } from '../../adapters/postgres/projections/progress.js'
import { postgresProjectionStore } from '../../adapters/postgres/projections/store.js'
import { postgresReaders, postgresReadModels } from '../../adapters/postgres/read-models.js'
import type { PostgresReadModel } from '../../adapters/postgres/read-model.js'
import type { ProgressReader } from '../../events/progress.js'
import type { Projection, ProjectionStore } from '../../projections/index.js'
import { accountsProjection } from '../../projections/accounts/project.js'
import { audienceProjection } from '../../projections/audience/project.js'
import { commandReceiptsProjection } from '../../projections/command-receipts/project.js'
import { inboxProjection } from '../../projections/inbox/project.js'
import { membersProjection } from '../../projections/members/project.js'
import { notificationsProjection } from '../../projections/notifications/project.js'
import { readStatesProjection } from '../../projections/read-states/project.js'
import { storiesProjection } from '../../projections/stories/project.js'
import { timelineProjection } from '../../projections/timeline/project.js'
import type { Readers } from '../../read-side/ports.js'
import type { Foundation } from './foundation.js'

/** Projections with their tables: what is projected together, and where to. */
export interface Projected {
  readonly projections: ReadonlyArray<Projection<unknown>>
  readonly store: ProjectionStore
  /** Projections whose older version is live: `tidings rebuild` fills the new one. */
  readonly outdated: ReadonlyArray<string>
}

/** What is read, and how far it has come. */
export interface ReadModels extends Projected {
  readonly progress: ProgressReader
  readonly readers: Readers
  /** Keyed, without the handle's case: under it handles are claimed and found. */
  readonly handleDigest: (handle: string) => string
}

/** The projection whose commits are announced to the gateways. */
export const announcedProjection = timelineProjection.name

const digestUnder = (key: Uint8Array) => (handle: string): string => createHmac('sha256', key).update(handle.toLowerCase()).digest('base64url')

/** Makes the tables that are missing. */
export const openReadModels = async ({ pool, keyring }: Pick<Foundation, 'pool' | 'keyring'>): Promise<ReadModels> => {
  const handleDigest = digestUnder(await keyring.derived('handle digest'))
  const projections = [
    timelineProjection, membersProjection, inboxProjection, accountsProjection(handleDigest), commandReceiptsProjection, readStatesProjection, audienceProjection, notificationsProjection, storiesProjection,
  ] as ReadonlyArray<Projection<unknown>>
  const models = Object.values(postgresReadModels) as ReadonlyArray<PostgresReadModel>
  const { outdated } = await ensureReadModels(pool, models)
  const progress = postgresProgress(pool, models)
  return {
    projections, progress, handleDigest, outdated,
    store: postgresProjectionStore({ pool, readModels: models, onCommitted: progress.notice }),
    readers: postgresReaders(pool),
  }
}
