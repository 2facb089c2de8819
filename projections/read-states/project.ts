import type { Decoded } from '../../events/codec.js'
import type { ReceiptsEvent } from '../../events/registry.js'
import { streamId } from '../../events/streams.js'
import type { Projected, Projection } from '../projection.js'
import type { ReadStatesWrite } from './writes.js'
import { readStatesModel } from './writes.js'

const project = ({ event }: Projected): ReadonlyArray<ReadStatesWrite> => {
  const about = event as Decoded<ReceiptsEvent>
  switch (about.type) {
    case 'ReadAdvanced':
      return [{ conversation: streamId(event.stream), ...about.data }]
    case 'MuteChanged':
    case 'NotificationsRead':
      return []
  }
}

/** How far each member has read. */
export const readStatesProjection: Projection<ReadStatesWrite> = { ...readStatesModel, categories: ['receipts'], opens: [], project }
