import type { RecordedEvent } from '../../events/event-store.js'
import type { ReadSide } from '../../read-side/index.js'
import { innerLimits } from '../limits.js'
import { eventFrame } from '../protocol/encode.js'
import { untilAnswered, type Persistence } from '../until-answered.js'

/** Frames of events of conversations, in their order: contents are opened with one look-up a chunk, each is encoded once. */
export type FramesOf = (events: ReadonlyArray<RecordedEvent>) => Promise<ReadonlyArray<Uint8Array>>

export const framesOf = (readSide: Pick<ReadSide, 'deliver'>, persistence: Persistence): FramesOf => async (events) => {
  const frames: Uint8Array[] = []
  for (let at = 0; at < events.length; at += innerLimits.deliverAtOnce) {
    const chunk = events.slice(at, at + innerLimits.deliverAtOnce)
    const delivered = await untilAnswered(persistence, 'opening contents', readSide.deliver(chunk))
    for (const event of delivered) frames.push(eventFrame(event))
  }
  return frames
}
