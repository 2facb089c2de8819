// Arrays in Postgres' binary format (array_recv): a Buffer as parameter travels as it is. Against array literals this saves a
// quarter of the processor time of a batch, and bytes do not travel as hexadecimal text.

const HEADER_BYTES = 20
const LENGTH_BYTES = 4
const UUID_BYTES = 16
const UUID_CHARACTERS = 36
const HYPHEN = 0x2d
const INTEGER_BYTES = 4
const NULL_LENGTH = -1
const [UUID, INTEGER, BYTEA] = [2950, 23, 17]

const begun = (type: number, items: number, bytes: number): Buffer => {
  const array = Buffer.allocUnsafe(HEADER_BYTES + items * LENGTH_BYTES + bytes)
  // Dimensions, whether there are NULLs, element type; of the one dimension its length and first index.
  for (const [index, word] of [1, 1, type, items, 1].entries()) array.writeInt32BE(word, index * LENGTH_BYTES)
  return array
}

/** By character code; whatever is no hexadecimal digit is below 0. */
const NIBBLES = Int8Array.from({ length: 128 }, (_, code) => '0123456789abcdef'.indexOf(String.fromCharCode(code).toLowerCase()))
const byteAt = (text: string, at: number): number =>
  ((NIBBLES[text.charCodeAt(at)] ?? NULL_LENGTH) << 4) | (NIBBLES[text.charCodeAt(at + 1)] ?? NULL_LENGTH)

const isHyphenated = (text: string): boolean =>
  text.charCodeAt(8) === HYPHEN && text.charCodeAt(13) === HYPHEN && text.charCodeAt(18) === HYPHEN && text.charCodeAt(23) === HYPHEN

/** Its length and its bytes, for `undefined` the length of NULL; answers where it ends. Throws on text that is no UUID. */
export const writeUuid = (bytes: Buffer, uuid: string | undefined, at: number): number => {
  if (uuid === undefined) return bytes.writeInt32BE(NULL_LENGTH, at)
  if (uuid.length !== UUID_CHARACTERS || !isHyphenated(uuid)) throw new TypeError('not a UUID')
  let [end, all] = [bytes.writeInt32BE(UUID_BYTES, at), 0]
  for (let from = 0; from < UUID_CHARACTERS; from += 2) {
    if (uuid.charCodeAt(from) === HYPHEN) from += 1
    const byte = byteAt(uuid, from)
    all |= byte
    bytes[end] = byte
    end += 1
  }
  if (all < 0) throw new TypeError('not a UUID')
  return end
}

/** For a parameter `uuid[]`, `undefined` as NULL. Throws on text that is no UUID. */
export const uuidArray = (uuids: ReadonlyArray<string | undefined>): Buffer => {
  const array = begun(UUID, uuids.length, uuids.reduce((sum, uuid) => sum + (uuid === undefined ? 0 : UUID_BYTES), 0))
  uuids.reduce((at, uuid) => writeUuid(array, uuid, at), HEADER_BYTES)
  return array
}

/** For a parameter `integer[]`. Throws on numbers beyond 32 bits. */
export const integerArray = (numbers: ReadonlyArray<number>): Buffer => {
  const array = begun(INTEGER, numbers.length, numbers.length * INTEGER_BYTES)
  numbers.reduce((at, number) => array.writeInt32BE(number, array.writeInt32BE(INTEGER_BYTES, at)), HEADER_BYTES)
  return array
}

/** For a parameter `bytea[]`, `undefined` as NULL. */
export const byteaArray = (items: ReadonlyArray<Uint8Array | undefined>): Buffer => {
  const array = begun(BYTEA, items.length, items.reduce((sum, item) => sum + (item?.byteLength ?? 0), 0))
  let at = HEADER_BYTES
  for (const item of items) {
    at = array.writeInt32BE(item?.byteLength ?? NULL_LENGTH, at)
    if (item === undefined) continue
    array.set(item, at)
    at += item.byteLength
  }
  return array
}
