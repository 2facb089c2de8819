import type { RecordedEvent } from '../../events/event-store.js'
import type { Metadata } from '../../events/schemas/common.js'
import { streamId } from '../../events/streams.js'
import type { DeliveredEvent } from '../../events/wire/answers.js'
import type { Content } from '../../events/wire/commands.js'
import { jsonOf } from './json.js'
import type { Contents } from './open-contents.js'

const sealedPart = (opened: ReturnType<Contents>): Pick<DeliveredEvent, 'content' | 'salt' | 'erased'> => {
  switch (opened?._tag) {
    case undefined:
      return {}
    case 'Opened':
      return { content: opened.content as Content, salt: Buffer.from(opened.salt).toString('base64url') }
    case 'Forgotten':
      return { erased: true }
  }
}

/** The event as members receive it: what was recorded, in the version in which it was, so that its hash can be checked. */
export const deliveredEvent = (contents: Contents) => (event: RecordedEvent): DeliveredEvent => ({
  conversation: streamId(event.stream),
  sequence: Number(event.revision),
  position: event.position,
  id: event.id,
  type: event.type,
  version: event.version,
  data: jsonOf(event.data) as DeliveredEvent['data'],
  metadata: jsonOf(event.metadata) as Metadata,
  ...sealedPart(contents(event)),
})
