import { parseArgs } from 'node:util'
import type pg from 'pg'
import { copyIn, copyOut } from '../adapters/postgres/copy.js'
import { loadHistory } from './support/history.js'
import { publish } from './support/report.js'
import { roundsThereAndBack } from './support/there-and-back.js'
import { allProjections, openWorld, timelineOnly, type ProjectionWorld } from './support/world.js'

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: process.env['EVENTS'] ?? '1000000' }, conversations: { type: 'string', default: '3000' }, live: { type: 'string', default: '200000' },
  },
})
const [events, conversations] = [Number(values.events), Number(values.conversations)]
const live = Math.min(events, Number(values.live))
const sealedBytes = 300
const batch = 500

/** A table like the timeline's, with its indexes and without rows; no commit of its connection waits for its flush. */
const emptyPeer = async (client: pg.Client): Promise<void> => {
  await client.query('DROP TABLE IF EXISTS peer; CREATE TABLE peer (LIKE timeline INCLUDING ALL)')
}

const copying = (client: pg.Client, rows: ReadonlyArray<Buffer>) => async (): Promise<number> => {
  await emptyPeer(client)
  const began = performance.now()
  await copyIn(client, 'COPY peer FROM STDIN (FORMAT binary)', rows)
  return (rows.length * 1_000) / (performance.now() - began)
}

const types = ['uuid', 'integer', 'text', 'uuid', 'text', 'integer', 'uuid', 'uuid', 'bytea', 'bytea', 'bytea']
const insertion = {
  name: 'peer', text: `INSERT INTO peer SELECT * FROM unnest(${types.map((type, at) => `$${at + 1}::${type}[]`).join(', ')})`,
}

/** What plain pg does with the rows of one batch, as arrays of columns. */
const inserting = (client: pg.Client, batches: ReadonlyArray<ReadonlyArray<ReadonlyArray<unknown>>>) => async (): Promise<number> => {
  await emptyPeer(client)
  const began = performance.now()
  for (const columns of batches) await client.query({ ...insertion, values: [...columns] })
  return (live * 1_000) / (performance.now() - began)
}

const batchesOf = async ({ client, timelineTable }: ProjectionWorld): Promise<ReadonlyArray<ReadonlyArray<ReadonlyArray<unknown>>>> => {
  const { rows } = await client.query<unknown[]>({ text: `SELECT * FROM ${timelineTable()} ORDER BY position LIMIT ${live}`, rowMode: 'array' })
  return Array.from({ length: Math.ceil(rows.length / batch) }, (_, at) => rows.slice(at * batch, (at + 1) * batch))
    .map((some) => types.map((__, column) => some.map((row) => row[column])))
}

const world = await openWorld()
const { client } = world
await client.query('SET synchronous_commit TO off')
console.log('loading …')
await loadHistory(client, { events, conversations, sealedBytes })
console.log('projecting …')
await world.project(allProjections, events)
await client.query(`CREATE TABLE timeline (LIKE ${world.timelineTable()} INCLUDING ALL)`)
const rows = await copyOut(client, `COPY (SELECT * FROM ${world.timelineTable()} ORDER BY position) TO STDOUT (FORMAT binary)`)
const rebuilt = await roundsThereAndBack({
  copy: copying(client, rows),
  rebuild: () => world.rebuild(timelineOnly, events, 'a new version'),
  compared: () => world.rebuild(timelineOnly, events, 'the same version'),
})
const all = await world.rebuild(allProjections, events, 'the same version')
const batches = await batchesOf(world)
const projected = await roundsThereAndBack({
  insert: inserting(client, batches), timeline: () => world.project(timelineOnly, live), all: () => world.project(allProjections, live),
})
publish({
  name: 'rebuild',
  claim: 'The timeline rebuilt from the log (every event read, checked, projected, written, indexed, put in place; with and without comparing every row with the live read model) against COPY of the same rows into its table. The live projector catching up against a batched insert of the same rows. Demands: ≥ 0.6 × COPY, ≥ 0.5 × insert.',
  conditions: { events, conversations, 'sealed content': `${sealedBytes} B`, 'events projected live': live, 'batch of the insert': batch, durability: 'fsync and full_page_writes on, synchronous_commit off for all', order: 'A B B A' },
  measurements: [
    { subject: 'COPY into the timeline table with its indexes', unit: 'rows/s', value: rebuilt.copy },
    { subject: 'rebuild of the timeline as a new version', unit: 'events/s', value: rebuilt.rebuild, ratios: { COPY: rebuilt.rebuild / rebuilt.copy } },
    { subject: 'rebuild of the timeline, compared with the live one', unit: 'events/s', value: rebuilt.compared, ratios: { COPY: rebuilt.compared / rebuilt.copy } },
    { subject: `rebuild of all ${allProjections.length} read models, compared`, unit: 'events/s', value: all, ratios: { COPY: all / rebuilt.copy } },
    { subject: 'INSERT … SELECT FROM unnest into the timeline table', unit: 'rows/s', value: projected.insert },
    { subject: 'live projector, the timeline alone', unit: 'events/s', value: projected.timeline, ratios: { insert: projected.timeline / projected.insert } },
    { subject: `live projector, all ${allProjections.length} read models`, unit: 'events/s', value: projected.all, ratios: { insert: projected.all / projected.insert } },
  ],
})
await world.close()
