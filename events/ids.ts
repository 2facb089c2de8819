import { createHash } from 'node:crypto'
import Type from 'typebox'

/**
 * Identifiers: lower-case UUIDs of version 7 (made by whoever names a thing first, RFC 9562) or version 8 (derived by
 * `derivedId`, so that two parties reach the same one). Nothing else from a client enters a stream name, key or topic.
 */
export const idPattern = '^[0-9a-f]{8}-[0-9a-f]{4}-[78][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$'
const idExpression = new RegExp(idPattern)

export const Id = Type.String({ pattern: idPattern, description: 'lower-case UUID, version 7 or 8' })

export const isId = (text: string): boolean => idExpression.test(text)

/** The same parts give the same id, on every machine and for ever. `label` separates the purposes. */
export const derivedId = (label: string, ...parts: ReadonlyArray<string>): string => {
  const bytes = createHash('sha256').update(JSON.stringify([label, ...parts])).digest().subarray(0, 16)
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6)
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
  const hex = bytes.toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

/** Two people have one direct conversation: whoever opens it first or both at once reach the same id. */
export const directConversationId = (one: string, other: string): string => derivedId('direct', ...[one, other].sort())

/** An account whose issuer is not ours is named by its issuer and subject. */
export const accountIdOf = (issuer: string, subject: string): string => derivedId('account', issuer, subject)
