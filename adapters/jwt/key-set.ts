import * as E from 'fp-ts/lib/Either.js'
import { createLocalJWKSet, errors, type CryptoKey, type JSONWebKeySet, type JWSHeaderParameters, type FlattenedJWSInput } from 'jose'
import type { Clock } from '../../platform/clock.js'

const FETCH_TIMEOUT_MS = 3_000
const FETCH_COOL_DOWN_MS = 10_000
const REFRESH_AFTER_MS = 600_000
const STALE_AT_MOST_MS = 3_600_000
const DOCUMENT_CHARACTERS_AT_MOST = 262_144

/** An issuer's keys: at a URL, or at hand. */
export type KeySource = string | (() => Promise<JSONWebKeySet>)

/** `Unavailable`: whether there is such a key cannot be said now. */
export type KeyRefusal = 'UnknownKey' | 'Unavailable'

/** The public key that a token's header names, by its exact `kid`. */
export type FindKey = (header: JWSHeaderParameters, token: FlattenedJWSInput) => Promise<E.Either<KeyRefusal, CryptoKey>>

type LocalKeys = ReturnType<typeof createLocalJWKSet>

const fetched = async (url: string): Promise<JSONWebKeySet> => {
  const answer = await fetch(url, { redirect: 'error', headers: { accept: 'application/jwk-set+json, application/json' }, signal: AbortSignal.timeout(FETCH_TIMEOUT_MS) })
  const text = await answer.text()
  if (!answer.ok || text.length > DOCUMENT_CHARACTERS_AT_MOST) throw new Error(`no key set: ${answer.status}`)
  return JSON.parse(text) as JSONWebKeySet
}

const keyIn = async (keys: LocalKeys, header: JWSHeaderParameters, token: FlattenedJWSInput): Promise<E.Either<KeyRefusal, CryptoKey>> => {
  try {
    return E.right(await keys(header, token))
  } catch (error) {
    if (error instanceof errors.JOSEError) return E.left('UnknownKey')
    throw error
  }
}

/**
 * Finds keys in an issuer's set. The set is kept; after 10 minutes it is renewed beside, after an hour without an answer it
 * is not used any more. An unknown `kid` asks the issuer once more, at most every 10 seconds whatever strangers send.
 */
export const keysOf = (source: KeySource, clock: Clock): FindKey => {
  const load = typeof source === 'string' ? () => fetched(source) : source
  let known: { readonly keys: LocalKeys; readonly at: number } | undefined
  let asked = { at: Number.NEGATIVE_INFINITY, failed: false }
  let underWay: Promise<void> | undefined

  const ask = async (): Promise<void> => {
    asked = { at: clock(), failed: false }
    try {
      known = { keys: createLocalJWKSet(await load()), at: clock() }
    } catch {
      asked = { at: asked.at, failed: true }
    } finally {
      underWay = undefined
    }
  }
  const renew = (): Promise<void> => (underWay ??= clock() - asked.at < FETCH_COOL_DOWN_MS ? undefined : ask()) ?? Promise.resolve()
  const current = () => (known !== undefined && clock() - known.at < STALE_AT_MOST_MS ? known : undefined)

  return async (header, token) => {
    if (current() === undefined) await renew()
    else if (clock() - (known?.at ?? 0) >= REFRESH_AFTER_MS) void renew()
    const before = current()
    if (before === undefined) return E.left('Unavailable')
    const found = await keyIn(before.keys, header, token)
    if (E.isRight(found)) return found
    await renew()
    const after = current()
    if (after !== undefined && after !== before) return keyIn(after.keys, header, token)
    return E.left(asked.failed ? 'Unavailable' : 'UnknownKey')
  }
}
