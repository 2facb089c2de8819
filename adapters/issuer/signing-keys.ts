import { importJWK, type CryptoKey, type JSONWebKeySet } from 'jose'
import type { Clock } from '../../platform/clock.js'
import { newSigningKey, obtainKeyFile, replaceKeyFile, type KeyFile, type StoredKey } from './key-file.js'

const DAY_MS = 86_400_000
/** A key signs for so long; then a new one is made. */
const ROTATE_AFTER_MS = 90 * DAY_MS
/** A new key is shown for so long before it signs, so that everyone who checks tokens knows it by then. */
const SHOWN_BEFORE_MS = 3_600_000
/** A key is shown for so long after the next one began to sign: longer than any access token lives. */
const SHOWN_AFTER_MS = 2 * DAY_MS
const READ_AGAIN_AFTER_MS = 10_000

export interface SigningKeys {
  /** The private key that signs now. */
  readonly current: () => Promise<{ readonly kid: string; readonly key: CryptoKey }>
  /** Public keys of all tokens that may live, and the next key. */
  readonly published: () => Promise<JSONWebKeySet>
  /** For deriving refresh tokens; never changes. */
  readonly refreshSecret: () => Promise<Uint8Array>
}

/** The newest key that was shown long enough; the first key of all signs at once. */
const signerOf = ({ keys }: KeyFile, now: number): StoredKey => {
  const [first] = keys
  const signer = keys.filter(({ madeAt }) => madeAt + SHOWN_BEFORE_MS <= now).at(-1) ?? first
  if (signer === undefined) throw new Error('a key file without keys')
  return signer
}

const isOver = (keys: ReadonlyArray<StoredKey>, index: number, now: number): boolean => {
  const next = keys[index + 1]
  return next !== undefined && next.madeAt + SHOWN_BEFORE_MS + SHOWN_AFTER_MS <= now
}

/** The file with a new key when the newest is old, and without keys that no living token names. Undefined: as it is. */
const tended = async (file: KeyFile, now: number): Promise<KeyFile | undefined> => {
  const newest = file.keys.at(-1)
  const due = newest === undefined || newest.madeAt + ROTATE_AFTER_MS <= now
  const keys = [...file.keys.filter((_, index) => !isOver(file.keys, index, now)), ...(due ? [await newSigningKey(now)] : [])]
  return due || keys.length < file.keys.length ? { ...file, keys } : undefined
}

const publicOf = ({ kid, key: { kty, crv, x } }: StoredKey) => ({ kty, crv, x, kid, alg: 'EdDSA', use: 'sig' })

/**
 * Ed25519 keys in one file (0600) that processes of one machine share. Rotated every 90 days; the new key is shown an
 * hour before it signs, so two processes that rotate at once agree by then on the one whose file stands.
 * Rejects with `KeyFileUnusable` when others may read the file.
 */
export const signingKeysIn = (path: string, clock: Clock): SigningKeys => {
  let read: { readonly file: Promise<KeyFile>; readonly at: number } | undefined
  const imported = new Map<string, Promise<CryptoKey>>()

  const load = async (now: number): Promise<KeyFile> => {
    const file = await obtainKeyFile(path, now)
    const better = await tended(file, now)
    if (better === undefined) return file
    await replaceKeyFile(path, better)
    return better
  }
  const file = (): Promise<KeyFile> => {
    const now = clock()
    if (read === undefined || now - read.at >= READ_AGAIN_AFTER_MS) {
      const loading = load(now)
      read = { file: loading, at: now }
      loading.catch(() => { read = undefined })
    }
    return read.file
  }
  const privateKeyOf = ({ kid, key }: StoredKey): Promise<CryptoKey> => {
    const known = imported.get(kid) ?? (importJWK(key, 'EdDSA') as Promise<CryptoKey>)
    imported.set(kid, known)
    return known
  }
  return {
    current: async () => {
      const signer = signerOf(await file(), clock())
      return { kid: signer.kid, key: await privateKeyOf(signer) }
    },
    published: async () => ({ keys: (await file()).keys.map(publicOf) }),
    refreshSecret: async () => Buffer.from((await file()).refreshSecret, 'base64url'),
  }
}
