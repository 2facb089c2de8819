import { canonicalBytes } from '../../events/canonical.js'
import * as E from 'fp-ts/lib/Either.js'
import { eventHash } from '../../events/hash-chain.js'
import { conversationStream } from '../../events/streams.js'
import type { DeliveredEvent } from '../../events/wire/answers.js'
import type { TimelinePage } from '../../read-side/index.js'
import type { Played } from './play.js'

/** A query as its reader sends it: the JSON answer of a path under the API's address. */
export type Ask = (path: string, token: string, device: string) => Promise<unknown>

/** What reading a conversation again through the queries showed. */
export interface Verified {
  readonly stored: number
  readonly events: number
  readonly holes: number
  readonly brokenLinks: number
  readonly unequalMessages: number
  readonly firstPage: TimelinePage
}

const pageSize = 200

const pages = async function* (ask: (after: number) => Promise<TimelinePage>): AsyncIterable<TimelinePage> {
  for (let after = -1; ;) {
    const page = await ask(after)
    yield page
    const last = page.messages.at(-1)
    if (last === undefined || page.next === undefined) return
    after = last.sequence
  }
}

const bytesOf = (value: unknown): Uint8Array => E.getOrElseW(() => new Uint8Array())(canonicalBytes(value))

/** The delivered form hashes to what the log's does: the canonical bytes come back from the JSON. */
const hashOf = (event: DeliveredEvent): string =>
  eventHash(conversationStream(event.conversation), BigInt(event.sequence), { ...event, data: bytesOf(event.data), metadata: bytesOf(event.metadata) })

const followChain = async (read: (from: number) => Promise<ReadonlyArray<DeliveredEvent>>) => {
  const found = { events: 0, holes: 0, brokenLinks: 0 }
  let previous: string | null = null
  for (let from = 0; ;) {
    const page = await read(from)
    for (const event of page) {
      if (event.sequence !== found.events) found.holes += 1
      if (event.metadata.previous !== previous) found.brokenLinks += 1
      previous = hashOf(event)
      found.events += 1
    }
    const last = page.at(-1)
    if (last === undefined) return found
    from = last.sequence + 1
  }
}

/**
 * Reads a played conversation back as its keeper: each message of the plan must stand at the acknowledged sequence with
 * its text, the events must have no holes, and each must carry the hash of the one before.
 */
export const verify = async ({ plan, conversation, keeper, sequences }: Played, ask: Ask): Promise<Verified> => {
  const path = `/v1/conversations/${conversation}`
  const get = (rest: string) => ask(`${path}/${rest}`, keeper.token, keeper.device)
  const texts = plan.steps.flatMap((step) => (step.type === 'send' ? [step.text] : []))
  const wanted = new Map(sequences.map((sequence, message) => [sequence, texts[message]]))
  let stored = 0
  let unequalMessages = 0
  let firstPage: TimelinePage | undefined
  for await (const page of pages(async (after) => (await get(`messages?newerThan=${after}&limit=${pageSize}`)) as TimelinePage)) {
    firstPage ??= page
    stored += page.messages.length
    unequalMessages += page.messages.filter(({ sequence, content }) => content === null || !('text' in content) || content.text !== wanted.get(sequence)).length
  }
  const chain = await followChain(async (from) => (await get(`events?from=${from}&limit=${pageSize}`)) as ReadonlyArray<DeliveredEvent>)
  return { stored, unequalMessages, ...chain, firstPage: firstPage ?? { messages: [], head: 0 } }
}
