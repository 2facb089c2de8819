const ROOM_BYTES = 1 << 20

export type Field = { readonly int4: number } | { readonly int8: number } | { readonly uuid: string } | { readonly text: string } | { readonly bytes: Uint8Array } | null

const bytesOf = (field: Exclude<Field, null>): Uint8Array => {
  if ('bytes' in field) return field.bytes
  if ('text' in field) return Buffer.from(field.text)
  if ('uuid' in field) return Buffer.from(field.uuid.replaceAll('-', ''), 'hex')
  const number = Buffer.alloc('int4' in field ? 4 : 8)
  if ('int4' in field) number.writeInt32BE(field.int4)
  else number.writeBigInt64BE(BigInt(field.int8))
  return number
}

/** Rows as tuples of COPY's binary format, gathered into chunks. */
export const tuples = function* (rows: Iterable<ReadonlyArray<Field>>): Generator<Buffer> {
  let [parts, bytes]: [Uint8Array[], number] = [[], 0]
  const add = (part: Uint8Array) => { parts.push(part); bytes += part.byteLength }
  for (const row of rows) {
    add(Buffer.of(row.length >> 8, row.length & 0xff))
    for (const field of row) {
      const value = field === null ? undefined : bytesOf(field)
      const length = Buffer.alloc(4)
      length.writeInt32BE(value?.byteLength ?? -1)
      add(length)
      if (value !== undefined) add(value)
    }
    if (bytes < ROOM_BYTES) continue
    yield Buffer.concat(parts)
    ;[parts, bytes] = [[], 0]
  }
  yield Buffer.concat(parts)
}
