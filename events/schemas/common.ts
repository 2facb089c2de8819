import Type, { type Static, type TSchema } from 'typebox'
import { Id } from '../ids.js'

// Names and fields are persisted for ever: a change is a new version with an upcaster (events/upcasters.ts).

export const closed = <P extends Record<string, TSchema>>(properties: P) => Type.Object(properties, { additionalProperties: false })

/** Base64url without padding (RFC 4648 §5), of so many bytes. */
export const Base64Url = (description: string, options: { readonly bytes?: number; readonly maxBytes?: number } = {}) => {
  const characters = (bytes: number) => Math.ceil((bytes * 4) / 3)
  const length = options.bytes === undefined ? {} : { minLength: characters(options.bytes), maxLength: characters(options.bytes) }
  const most = options.maxBytes === undefined ? {} : { maxLength: characters(options.maxBytes) }
  return Type.String({ pattern: '^[A-Za-z0-9_-]*$', description, ...length, ...most })
}

export const Sequence = Type.Integer({ minimum: 0, description: 'revision in the conversation: its place in the one order' })

/** The content lies in `sealed` under the key of `unit`; `digest` = SHA-256(salt ‖ content). */
export const sealedFields = {
  unit: Type.Union([Id], { description: 'what is forgotten together: the key of this unit opens the content' }),
  digest: Base64Url('SHA-256 of salt ‖ content', { bytes: 32 }),
}

/**
 * What the server sees of an end-to-end encrypted content (docs/what-the-server-sees.md is held to this by a test).
 * The ciphertext itself lies in the sealed part of the event.
 */
export const Envelope = closed({
  version: Type.Integer({ minimum: 1, maximum: 255, description: 'format of the ciphertext, authenticated' }),
  epoch: Type.Integer({ minimum: 0, description: 'key epoch of the conversation' }),
  step: Type.Integer({ minimum: 0, description: 'steps the epoch key was hashed forward' }),
  counter: Type.Integer({ minimum: 1, description: "the sending device's counter" }),
  nonce: Base64Url('24 random bytes', { bytes: 24 }),
  commitment: Base64Url('hash of key and context', { bytes: 32 }),
  signature: Base64Url('Ed25519 of the device over the exact envelope', { bytes: 64 }),
})
export type Envelope = Static<typeof Envelope>

/** What an account can be told about, and switch off one by one. */
export const NotificationKind = Type.Union([
  Type.Literal('mention'), Type.Literal('reply'), Type.Literal('reaction'), Type.Literal('follower'), Type.Literal('storyMention'), Type.Literal('addedToConversation'),
])
export type NotificationKind = Static<typeof NotificationKind>
export const notificationKinds: ReadonlyArray<NotificationKind> = NotificationKind.anyOf.map((kind) => kind.const)

export const Role = Type.Union([Type.Literal('admin'), Type.Literal('member')])
export type Role = Static<typeof Role>

/** Who asked for the event, from where, by which command, and the hash of the event before it. */
export const Metadata = closed({
  recordedAt: Type.Integer({ minimum: 0, description: "milliseconds since 1970 by the server's clock" }),
  actor: Type.Union([Id, Type.Literal('system')]),
  device: Type.Union([Id, Type.Null()]),
  command: Type.Union([closed({ counter: Type.Integer({ minimum: 1 }) }), Type.Null()], {
    description: "the device's counter for this stream; null where commands carry none",
  }),
  correlation: Id,
  previous: Type.Union([Base64Url('hash of the preceding event', { bytes: 32 }), Type.Null()]),
})
export type Metadata = Static<typeof Metadata>
