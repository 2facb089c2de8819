/**
 * Fields that are random or sealed by design. Their value says nothing (docs/protocol.md); that two are equal, and how long
 * they are, does. What can be read in such a field stays as it is.
 */
const opaque: ReadonlySet<string> = new Set(['position', 'sync', 'next', 'salt', 'digest', 'previous', 'reaction', 'session', 'commitment', 'signature', 'nonce', 'x-request-id'])
const isReadable = (text: string): boolean => /^\d+$/.test(text) || /^[\x20-\x7e]+$/.test(Buffer.from(text, 'base64url').toString('latin1'))
const idForm = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

export interface Namer {
  /** The same value, in which what was made at random is named in the order in which it was first seen. */
  readonly named: (value: unknown) => unknown
}

/** Names what one outsider sees; `known` ids are the same in every world and stay. */
export const namer = (known: ReadonlySet<string>): Namer => {
  const names = new Map<string, string>()
  const nameOf = (kind: string, text: string): string => {
    const name = names.get(text) ?? `${kind} ${names.size} of ${text.length} characters`
    names.set(text, name)
    return name
  }
  const named = (value: unknown, field = ''): unknown => {
    if (Array.isArray(value)) return value.map((one) => named(one, field))
    if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, named(one, key)]))
    if (typeof value !== 'string' || known.has(value)) return value
    if (idForm.test(value)) return nameOf('id', value)
    return opaque.has(field) && !isReadable(value) ? nameOf(field, value) : value
  }
  return { named: (value) => named(value) }
}
