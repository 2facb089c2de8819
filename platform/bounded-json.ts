import * as E from 'fp-ts/lib/Either.js'

export type JsonRefusal =
  | { readonly _tag: 'NotJson' }
  | { readonly _tag: 'TooDeep'; readonly limit: number }
  | { readonly _tag: 'ForbiddenName'; readonly name: string }

/** Names that reach an object's prototype when careless code copies or merges. */
const forbidden = new Set(['__proto__', 'constructor', 'prototype'])

/** Recursion is bounded by `room`, so hostile nesting cannot exhaust the stack. */
const refusalOf = (value: unknown, room: number, limit: number): JsonRefusal | undefined => {
  if (typeof value !== 'object' || value === null) return undefined
  if (room === 0) return { _tag: 'TooDeep', limit }
  if (Array.isArray(value)) {
    for (const item of value) {
      const refusal = refusalOf(item, room - 1, limit)
      if (refusal !== undefined) return refusal
    }
    return undefined
  }
  for (const [name, item] of Object.entries(value)) {
    const refusal: JsonRefusal | undefined = forbidden.has(name) ? { _tag: 'ForbiddenName', name } : refusalOf(item, room - 1, limit)
    if (refusal !== undefined) return refusal
  }
  return undefined
}

/**
 * Parses JSON from a stranger: at most `depth` arrays and objects inside one another, no name that pollutes prototypes.
 * The caller bounds the text's length. Never throws.
 */
export const parseBoundedJson = (text: string, depth: number): E.Either<JsonRefusal, unknown> => {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return E.left({ _tag: 'NotJson' })
  }
  const refusal = refusalOf(value, depth, depth)
  return refusal === undefined ? E.right(value) : E.left(refusal)
}
