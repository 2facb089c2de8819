import { randomBytes, randomUUID } from 'node:crypto'
import { link, mkdir, open, readFile, rename, stat, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { exportJWK, generateKeyPair } from 'jose'
import Type, { type Static } from 'typebox'
import { Check } from 'typebox/value'
import { closed } from '../../events/schemas/common.js'

const OWNER_ONLY = { folder: 0o700, file: 0o600 }
const OTHERS = 0o077
const SECRET_BYTES = 32

const PrivateKey = closed({ kty: Type.Literal('OKP'), crv: Type.Literal('Ed25519'), x: Type.String(), d: Type.String() })
export const StoredKey = closed({ kid: Type.String(), madeAt: Type.Integer(), key: PrivateKey })
export type StoredKey = Static<typeof StoredKey>
const KeyFile = closed({ refreshSecret: Type.String(), keys: Type.Array(StoredKey, { minItems: 1 }) })
/** Oldest key first. `refreshSecret` never changes: refresh tokens are derived with it. */
export type KeyFile = Static<typeof KeyFile>

/** The issuer's private keys may be read by others than their owner, or are damaged: nothing is signed until that is mended. */
export class KeyFileUnusable extends Error {
  override readonly name = 'KeyFileUnusable'
}

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined)

/** Named at random: a key is the same only if the name is. */
export const newSigningKey = async (madeAt: number): Promise<StoredKey> => {
  const { privateKey } = await generateKeyPair('Ed25519', { extractable: true })
  const { x, d } = await exportJWK(privateKey)
  if (x === undefined || d === undefined) throw new Error('an Ed25519 key without x or d')
  return { kid: randomUUID(), madeAt, key: { kty: 'OKP', crv: 'Ed25519', x, d } }
}

export const readKeyFile = async (path: string): Promise<KeyFile | undefined> => {
  try {
    const { mode } = await stat(path)
    if ((mode & OTHERS) !== 0) throw new KeyFileUnusable(`${path} may be read or written by others (mode ${(mode & 0o777).toString(8)})`)
    const found: unknown = JSON.parse(await readFile(path, 'utf8'))
    if (!Check(KeyFile, found)) throw new KeyFileUnusable(`${path} does not hold signing keys`)
    return found
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error instanceof SyntaxError ? new KeyFileUnusable(`${path} does not hold signing keys`) : error
  }
}

const writeDraft = async (path: string, file: KeyFile): Promise<string> => {
  const draft = join(dirname(path), `.issuer-keys.${randomUUID()}`)
  const handle = await open(draft, 'wx', OWNER_ONLY.file)
  try {
    await handle.writeFile(JSON.stringify(file))
    await handle.sync()
  } finally {
    await handle.close()
  }
  return draft
}

/** Whole and flushed before it has its name; replaces what is there. */
export const replaceKeyFile = async (path: string, file: KeyFile): Promise<void> => rename(await writeDraft(path, file), path)

/** The file as it is, or a new one with one key; of processes that begin at once all get the same. */
export const obtainKeyFile = async (path: string, now: number): Promise<KeyFile> => {
  const there = await readKeyFile(path)
  if (there !== undefined) return there
  await mkdir(dirname(path), { recursive: true, mode: OWNER_ONLY.folder })
  const draft = await writeDraft(path, { refreshSecret: randomBytes(SECRET_BYTES).toString('base64url'), keys: [await newSigningKey(now)] })
  await link(draft, path).catch((error: unknown) => (codeOf(error) === 'EEXIST' ? undefined : Promise.reject(error)))
  await unlink(draft)
  const made = await readKeyFile(path)
  if (made === undefined) throw new KeyFileUnusable(`${path} vanished`)
  return made
}
