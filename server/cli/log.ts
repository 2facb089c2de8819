import type { EventStore, RecordedEvent, StreamName } from '../../events/event-store.js'
import { chainVerifier, type ChainBreak } from '../../events/hash-chain.js'
import { isUnchained, parseStream } from '../../events/streams.js'
import * as O from 'fp-ts/lib/Option.js'

const pageEvents = 500
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8')

/** A stream from its beginning to its end, in order, page by page. */
export const wholeStream = async function* (store: EventStore, stream: StreamName): AsyncIterable<RecordedEvent> {
  for (let from = 0n; ;) {
    let read = 0
    for await (const event of store.read(stream, { from, direction: 'forwards', limit: pageEvents })) {
      yield event
      from = event.revision + 1n
      read += 1
    }
    if (read < pageEvents) return
  }
}

/** One line of JSON an event, as it is recorded: without the sealed bytes, whose length is told. */
export const eventLine = ({ revision, position, id, type, version, data, metadata, sealed }: RecordedEvent): string =>
  `{"revision":${revision},"position":${JSON.stringify(position)},"type":${JSON.stringify(type)},"version":${version},"id":${JSON.stringify(id)},` +
  `"data":${text(data)},"metadata":${text(metadata)},"sealedBytes":${sealed?.byteLength ?? 0}}`

export interface Verdict {
  readonly streams: number
  readonly events: number
  readonly breaks: ReadonlyArray<ChainBreak>
}

/**
 * Follows the whole log to its present end and checks each stream's revisions and hash chain. Foreign streams (system
 * streams, say) are left out. Memory: some hundred bytes for each stream.
 */
export const verifyLog = async (store: EventStore, onProgress: (events: number) => void): Promise<Verdict> => {
  const verifiers = new Map<StreamName, ReturnType<typeof chainVerifier>>()
  const broken = new Map<StreamName, ChainBreak>()
  const abort = new AbortController()
  let events = 0
  for await (const item of store.follow('start', abort.signal)) {
    if (!('stream' in item)) break
    const name = parseStream(item.stream)
    if (O.isNone(name) || broken.has(item.stream)) continue
    const verifier = verifiers.get(item.stream) ?? chainVerifier(item.stream, !isUnchained(name.value.category))
    verifiers.set(item.stream, verifier)
    const found = verifier(item)
    if (found !== undefined) broken.set(item.stream, found)
    onProgress((events += 1))
  }
  abort.abort()
  return { streams: verifiers.size, events, breaks: [...broken.values()] }
}
