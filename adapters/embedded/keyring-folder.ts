import { randomBytes } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import { link, mkdir, open, readdir, stat, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { uuidv7 } from 'uuidv7'
import { isId } from '../../events/ids.js'
import type { Keyring, WrappingKey } from '../../events/key-store.js'
import { derivedKey } from '../derived-key.js'

const KEY_BYTES = 32
const ROOT = 'root.secret'
const SUFFIX = '.key'
const OWNER_ONLY = { folder: 0o700, file: 0o600 }
const OTHERS = 0o077

/** The keyring may be read by others than its owner: it is not used until that is mended. */
export class KeyringExposed extends Error {
  override readonly name = 'KeyringExposed'
}

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT'
const isThere = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'EEXIST'

const assertPrivate = (mode: number, path: string): void => {
  if ((mode & OTHERS) !== 0) throw new KeyringExposed(`${path} may be read or written by others (mode ${(mode & 0o777).toString(8)})`)
}

const withFile = async <A>(path: string, flags: string, use: (file: FileHandle) => Promise<A>): Promise<A> => {
  const file = await open(path, flags, OWNER_ONLY.file)
  try {
    return await use(file)
  } finally {
    await file.close()
  }
}

const flushFolder = (folder: string): Promise<void> => withFile(folder, 'r', (file) => file.sync())

/** The file's key, or undefined when there is no such file. */
const readKey = async (path: string): Promise<Uint8Array | undefined> => {
  try {
    return await withFile(path, 'r', async (file) => {
      assertPrivate((await file.stat()).mode, path)
      const key = await file.readFile()
      if (key.byteLength !== KEY_BYTES) throw new Error(`${path} does not hold a key of ${KEY_BYTES} bytes`)
      return key
    })
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

/** Whole and flushed or not there at all; a file that is there already stays. */
const writeKey = async (folder: string, name: string): Promise<void> => {
  const draft = join(folder, `.${name}.${uuidv7()}`)
  await withFile(draft, 'wx', async (file) => {
    await file.writeFile(randomBytes(KEY_BYTES))
    await file.sync()
  })
  await link(draft, join(folder, name)).catch((error: unknown) => (isThere(error) ? undefined : Promise.reject(error)))
  await unlink(draft)
  await flushFolder(folder)
}

const overwriteAndRemove = async (folder: string, path: string): Promise<void> => {
  try {
    await withFile(path, 'r+', async (file) => {
      await file.write(randomBytes(KEY_BYTES), 0, KEY_BYTES, 0)
      await file.sync()
    })
    await unlink(path)
    await flushFolder(folder)
  } catch (error) {
    if (!isMissing(error)) throw error
  }
}

/**
 * A keyring in a folder (0700) with a file (0600) for each wrapping key and one for the root of derived keys. A file is
 * written once, whole and flushed before it has its name, and never changed: processes that share the folder cannot undo
 * one another's shards, and destroying a key overwrites and removes exactly its file. The newest file is the current shard.
 *
 * Keys are read from the files each time, so that one that another process destroyed is gone here too. Rejects with
 * `KeyringExposed` when the folder or a file may be read by others. Makes the folder when it is missing.
 */
export const keyringFolder = async (folder: string): Promise<Keyring> => {
  await mkdir(folder, { recursive: true, mode: OWNER_ONLY.folder })
  assertPrivate((await stat(folder)).mode, folder)
  if ((await readKey(join(folder, ROOT))) === undefined) await writeKey(folder, ROOT)
  const root = await readKey(join(folder, ROOT))
  if (root === undefined) throw new Error(`${folder} lost its ${ROOT}`)
  const pathOf = (id: string): string => join(folder, `${id}${SUFFIX}`)

  const find = async (id: string): Promise<WrappingKey | undefined> => {
    const key = isId(id) ? await readKey(pathOf(id)) : undefined
    return key === undefined ? undefined : { id, key }
  }
  const list = async (): Promise<ReadonlyArray<string>> =>
    (await readdir(folder)).filter((name) => name.endsWith(SUFFIX)).map((name) => name.slice(0, -SUFFIX.length)).filter(isId).sort()
  const startShard = async (): Promise<WrappingKey> => {
    const id = uuidv7()
    await writeKey(folder, `${id}${SUFFIX}`)
    const made = await find(id)
    if (made === undefined) throw new Error(`${folder} lost shard ${id}`)
    return made
  }
  const current = async (): Promise<WrappingKey> => {
    const newest = (await list()).at(-1)
    return (newest === undefined ? undefined : await find(newest)) ?? startShard()
  }
  return {
    current,
    startShard,
    find,
    list,
    destroy: async (id) => { if (isId(id)) await overwriteAndRemove(folder, pathOf(id)) },
    derived: async (purpose) => derivedKey(root, purpose),
  }
}
