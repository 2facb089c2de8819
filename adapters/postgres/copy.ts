import { once } from 'node:events'
import pg from 'pg'

// COPY in its binary format: bytes travel as they are, where the driver's rows and parameters carry them as hexadecimal text.

interface Streaming {
  readonly sendCopyFromChunk: (chunk: Buffer) => void
  readonly endCopyFrom: () => void
  readonly sendCopyFail: (reason: string) => void
  readonly stream: NodeJS.WritableStream & { readonly writableNeedDrain: boolean }
}

interface Handlers {
  readonly handleCopyData?: (message: { readonly chunk: Buffer }) => void
  readonly handleCopyInResponse?: (connection: Streaming) => void
}

/** The driver's own query, whose hooks for COPY do nothing by themselves; so its timeouts and errors hold here too. */
const runCopy = (client: pg.Pool | pg.ClientBase, text: string, handlers: Handlers): Promise<void> =>
  new Promise((resolve, reject) => {
    const query = Object.assign(new pg.Query({ text }), handlers)
    client.query(query as unknown as pg.QueryConfig, (error: Error | null | undefined) => (error ? reject(error) : resolve()))
  })

/** Signature, flags and the length of the extension. */
const HEADER = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1')
const TRAILER = Buffer.of(0xff, 0xff)
/** Rows that were read together share at most this much memory, which lives as long as one of them. */
const SLAB_BYTES = 64 * 1024

/** Keeps bytes that will be written over, many in one piece of memory: an array buffer for each would cost more than its bytes. */
const keeper = (): ((bytes: Buffer) => Buffer) => {
  let [slab, at] = [Buffer.alloc(0), 0]
  return (bytes) => {
    if (at + bytes.length > slab.length) {
      slab = Buffer.allocUnsafeSlow(Math.max(bytes.length, Math.min(2 * slab.length, SLAB_BYTES)))
      at = 0
    }
    slab.set(bytes, at)
    at += bytes.length
    return slab.subarray(at - bytes.length, at)
  }
}

/**
 * The rows of a `COPY (…) TO STDOUT (FORMAT binary)`, each as its tuple: the number of columns (16 bits), then of each its
 * length (32 bits, -1: NULL) and its bytes. The server sends one message a row, the header before the first.
 */
export const copyOut = async (client: pg.Pool | pg.ClientBase, text: string): Promise<ReadonlyArray<Buffer>> => {
  const [rows, keep]: [Buffer[], ReturnType<typeof keeper>] = [[], keeper()]
  let isFirst = true
  const handleCopyData = ({ chunk }: { readonly chunk: Buffer }): void => {
    const row = isFirst ? chunk.subarray(HEADER.length) : chunk
    isFirst = false
    // The driver reads on into the same memory.
    if (row.length > TRAILER.length) rows.push(keep(row))
  }
  await runCopy(client, text, { handleCopyData })
  return rows
}

/**
 * Sends tuples, any number of them in a chunk, to a `COPY … FROM STDIN (FORMAT binary)`. Resolves when they are in. A chunk's
 * memory may be used again once the next one is asked for.
 */
export const copyIn = (client: pg.ClientBase, text: string, chunks: Iterable<Buffer>): Promise<void> => {
  const send = async (connection: Streaming): Promise<void> => {
    connection.sendCopyFromChunk(HEADER)
    for (const chunk of chunks) {
      connection.sendCopyFromChunk(chunk)
      if (connection.stream.writableNeedDrain) await once(connection.stream, 'drain')
    }
    connection.sendCopyFromChunk(TRAILER)
    connection.endCopyFrom()
  }
  const handleCopyInResponse = (connection: Streaming): void => {
    send(connection).catch((error: unknown) => connection.sendCopyFail(error instanceof Error ? error.message : String(error)))
  }
  return runCopy(client, text, { handleCopyInResponse })
}
