import type { StoryFacts } from '../../../events/story-visibility.js'
import type { StoriesWrite } from '../../../projections/stories/writes.js'
import { storiesModel } from '../../../projections/stories/writes.js'
import type { MemoryReadModel, MemoryTables } from '../read-model.js'
import type { Exchangeable } from './exchangeable.js'
import { exchangeable } from './exchangeable.js'

type Op<Name extends StoriesWrite['op']> = Extract<StoriesWrite, { readonly op: Name }>

interface StoriesTables extends MemoryTables {
  readonly stories: Map<string, Op<'posted'>>
  readonly ended: Map<string, true>
  /** Story and viewer → the first look. */
  readonly views: Map<string, Op<'viewed'>>
  readonly reactions: Map<string, Op<'reaction'>>
  /** Story and event. */
  readonly inspections: Map<string, Op<'inspected'>>
}

export interface MemoryStories extends MemoryReadModel<StoriesWrite> {
  readonly tables: Exchangeable<StoriesTables>
}

/** The older one first. */
export const inTime = (one: Pick<StoryFacts, 'storyId' | 'postedAt'>, other: Pick<StoryFacts, 'storyId' | 'postedAt'>): number =>
  one.postedAt - other.postedAt || (one.storyId < other.storyId ? -1 : Number(one.storyId > other.storyId))

/** Stories that ended have no row. */
export const factsOf = ({ storyId, author, tier, postedAt }: Omit<StoryFacts, 'ended'>): StoryFacts => ({ storyId, author, tier, postedAt, ended: false })

export const ofViewer = (storyId: string, viewer: string): string => `${storyId} ${viewer}`

const end = ({ stories, ended, views, reactions, inspections }: StoriesTables, storyId: string): void => {
  ended.set(storyId, true)
  stories.delete(storyId)
  for (const table of [views, reactions, inspections]) for (const [key, row] of table) if (row.storyId === storyId) table.delete(key)
}

const keep = <Row>(table: Map<string, Row>, key: string, row: Row): void => {
  if (!table.has(key)) table.set(key, row)
}

const applyOne = (tables: StoriesTables, write: StoriesWrite): void => {
  if (tables.ended.has(write.storyId)) return
  switch (write.op) {
    case 'posted':
      return keep(tables.stories, write.storyId, write)
    case 'ended':
      return end(tables, write.storyId)
    case 'viewed':
      return keep(tables.views, ofViewer(write.storyId, write.viewer), write)
    case 'inspected':
      return keep(tables.inspections, ofViewer(write.storyId, write.id), write)
    case 'reaction': {
      const key = ofViewer(write.storyId, write.viewer)
      if ((tables.reactions.get(key)?.revision ?? -1) < write.revision) tables.reactions.set(key, write)
    }
  }
}

export const memoryStories = (): MemoryStories => {
  const tables = exchangeable((): StoriesTables => ({ stories: new Map(), ended: new Map(), views: new Map(), reactions: new Map(), inspections: new Map() }))
  return {
    ...storiesModel,
    tables,
    apply: (writes) => {
      for (const write of writes) applyOne(tables.current(), write)
    },
  }
}
