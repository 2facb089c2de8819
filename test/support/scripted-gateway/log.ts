import { createHash } from 'node:crypto'
import * as E from 'fp-ts/lib/Either.js'
import { uuidv7 } from 'uuidv7'
import { canonicalBytes } from '../../../events/canonical.js'
import { eventHash } from '../../../events/hash-chain.js'
import { contentDigest } from '../../../events/sealing.js'
import { conversationStream } from '../../../events/streams.js'
import type { DeliveredEvent } from '../../../events/wire/answers.js'
import type { Content } from '../../../events/wire/commands.js'

export interface NewDelivery {
  readonly type: string
  readonly data: Readonly<Record<string, unknown>>
  readonly content?: Content
  readonly actor?: string
  readonly device?: string | null
}

/** The conversations of a scripted gateway: chained events as members receive them, in the order of one log. */
export interface ScriptedLog {
  readonly events: ReadonlyArray<DeliveredEvent>
  readonly of: (conversation: string) => ReadonlyArray<DeliveredEvent>
  readonly append: (conversation: string, event: NewDelivery) => DeliveredEvent
}

export const bytesOf = (value: unknown): Uint8Array => {
  const bytes = canonicalBytes(value)
  if (E.isLeft(bytes)) throw new Error(bytes.left.reason)
  return bytes.right
}

export const hashOfDelivered = ({ conversation, sequence, id, type, version, data, metadata }: DeliveredEvent): string =>
  eventHash(conversationStream(conversation), BigInt(sequence), { id, type, version, data: bytesOf(data), metadata: bytesOf(metadata) })

const positionText = (position: number): string => String(position).padStart(12, '0')

const sealedParts = (id: string, content: Content) => {
  const salt = createHash('sha256').update(id).digest().subarray(0, 16)
  return { content, salt: salt.toString('base64url'), digest: contentDigest(salt, bytesOf(content)) }
}

export const scriptedLog = (): ScriptedLog => {
  const events: Array<DeliveredEvent> = []
  const of = (conversation: string) => events.filter((event) => event.conversation === conversation)
  return {
    events,
    of,
    append: (conversation, { type, data, content, actor = 'system', device = null }) => {
      const before = of(conversation).at(-1)
      const id = uuidv7()
      const { digest, ...opened } = content === undefined ? { digest: undefined } : sealedParts(id, content)
      const event: DeliveredEvent = {
        conversation,
        sequence: (before?.sequence ?? -1) + 1,
        position: positionText(events.length),
        id,
        type,
        version: 1,
        data: digest === undefined ? data : { ...data, digest },
        metadata: {
          recordedAt: events.length,
          actor,
          device,
          command: null,
          correlation: id,
          previous: before === undefined ? null : hashOfDelivered(before),
        },
        ...opened,
      }
      events.push(event)
      return event
    },
  }
}
