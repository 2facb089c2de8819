import { constants } from 'node:fs'
import { mkdir, open, readFile, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import type { StoredEvent } from './stored-event.js'

const HEAD_BYTES = 12
/** Every write is as good as followed by fdatasync, in one call. */
const SYNCHRONOUS = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | constants.O_DSYNC

/** One append as a frame: length of the rest, checksum, length of the header, header (JSON), then the bodies. */
const frameOf = (events: ReadonlyArray<StoredEvent>): Buffer => {
  const header = Buffer.from(JSON.stringify(events.map((event) => ({
    ...event, revision: String(event.revision), position: String(event.position), data: event.data.length, customMetadata: event.customMetadata.length,
  }))))
  const body = Buffer.concat([header, ...events.flatMap(({ data, customMetadata }) => [data, customMetadata])])
  const head = Buffer.alloc(HEAD_BYTES)
  head.writeUInt32LE(body.length, 0)
  head.writeUInt32LE(crc32(body), 4)
  head.writeUInt32LE(header.length, 8)
  return Buffer.concat([head, body])
}

type Header = Omit<StoredEvent, 'revision' | 'position' | 'data' | 'customMetadata'>
  & { readonly revision: string; readonly position: string; readonly data: number; readonly customMetadata: number }

const eventsOf = (body: Buffer, headerBytes: number): ReadonlyArray<StoredEvent> => {
  const headers = JSON.parse(body.toString('utf8', 0, headerBytes)) as ReadonlyArray<Header>
  let at = headerBytes
  const take = (bytes: number) => new Uint8Array(body.subarray(at, (at += bytes)))
  return headers.map((header) => ({
    ...header, revision: BigInt(header.revision), position: BigInt(header.position),
    data: take(header.data), customMetadata: take(header.customMetadata),
  }))
}

/** Whole frames in their order; a torn or damaged tail, as a kill leaves it, ends the log there. */
const parse = (file: Buffer) => {
  const events: StoredEvent[] = []
  let at = 0
  while (at + HEAD_BYTES <= file.length) {
    const [length, checksum, header] = [file.readUInt32LE(at), file.readUInt32LE(at + 4), file.readUInt32LE(at + 8)]
    const body = file.subarray(at + HEAD_BYTES, at + HEAD_BYTES + length)
    if (body.length < length || crc32(body) !== checksum) break
    events.push(...eventsOf(body, header))
    at += HEAD_BYTES + length
  }
  return { events, bytes: at }
}

export interface Disk {
  /** Resolves when the events are on disk; appends that wait together share one write, which ends when they are. */
  readonly write: (events: ReadonlyArray<StoredEvent>) => Promise<void>
  readonly close: () => Promise<void>
}

const writeAll = async (file: FileHandle, bytes: Buffer): Promise<void> => {
  for (let at = 0; at < bytes.length; ) at += (await file.write(bytes, at)).bytesWritten
}

/** Opens the append-only file of a directory and reads back what is whole in it. */
export const openDisk = async (directory: string): Promise<{ readonly disk: Disk; readonly events: ReadonlyArray<StoredEvent> }> => {
  await mkdir(directory, { recursive: true })
  const file = await open(join(directory, 'events.log'), SYNCHRONOUS)
  const { events, bytes } = parse(await readFile(file))
  await file.truncate(bytes)
  let waiting: Buffer[] = []
  let next: Promise<void> | undefined
  let flushing: Promise<void> = Promise.resolve()
  const flush = async () => {
    await flushing.catch(() => undefined)
    const frames = waiting
    waiting = []
    next = undefined
    flushing = writeAll(file, Buffer.concat(frames))
    await flushing
  }
  const write = (batch: ReadonlyArray<StoredEvent>) => {
    waiting.push(frameOf(batch))
    next ??= flush()
    return next
  }
  return { events, disk: { write, close: async () => { await next; await flushing; await file.close() } } }
}
