import canonicalizeModule from 'canonicalize'
import * as E from 'fp-ts/lib/Either.js'

const canonicalize = canonicalizeModule as unknown as (value: unknown) => string | undefined

export interface NotCanonical {
  readonly _tag: 'NotCanonical'
  readonly reason: string
}

const flaw = (value: unknown): string | undefined => {
  if (typeof value === 'string') return value.isWellFormed() ? undefined : 'a lone surrogate'
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : 'a number that JSON cannot hold'
  if (value === null || typeof value === 'boolean') return undefined
  if (Array.isArray(value)) return value.map(flaw).find((found) => found !== undefined)
  if (typeof value !== 'object') return `a ${typeof value}`
  return Object.entries(value)
    .map(([key, inner]) => (inner === undefined ? undefined : (flaw(key) ?? flaw(inner))))
    .find((found) => found !== undefined)
}

/**
 * The one text of a JSON value (RFC 8785). Refuses what has none: lone surrogates, NaN, bigint, functions.
 * Members whose value is `undefined` are left out, as JSON does.
 */
export const canonicalText = (value: unknown): E.Either<NotCanonical, string> => {
  const reason = flaw(value)
  if (reason !== undefined) return E.left({ _tag: 'NotCanonical', reason })
  const text = canonicalize(value)
  return text === undefined ? E.left({ _tag: 'NotCanonical', reason: 'no value' }) : E.right(text)
}

/** UTF-8 of `canonicalText`: the bytes that are stored and hashed for ever. */
export const canonicalBytes = (value: unknown): E.Either<NotCanonical, Uint8Array> => {
  const text = canonicalText(value)
  return E.isLeft(text) ? text : E.right(Buffer.from(text.right, 'utf8'))
}
