import { streamId } from '../../events/streams.js'
import type { Projected, Projection } from '../projection.js'
import type { CommandReceiptsWrite } from './writes.js'
import { commandReceiptsModel } from './writes.js'

const project = ({ event }: Projected): ReadonlyArray<CommandReceiptsWrite> => {
  const { device, command } = event.metadata
  return [{
    conversation: streamId(event.stream),
    revision: event.revision,
    command: device === null || command === null ? undefined : { device, counter: command.counter },
  }]
}

/** Which revisions a device's numbered command made. Only commands to conversations are numbered. */
export const commandReceiptsProjection: Projection<CommandReceiptsWrite> = {
  ...commandReceiptsModel, categories: ['conversation'], opens: [], project,
}
