import type { Envelope } from '../../events/schemas/common.js'
import type { Encryption } from '../../events/schemas/conversation.js'
import type { Content } from '../../events/wire/commands.js'
import type { ConversationRejection } from './rejections.js'
import type { Open } from './state.js'

/** UTF-8 bytes of a text; of a ciphertext the bytes that its base64url stands for. */
const bytesOf = (content: Content): number =>
  'text' in content ? Buffer.byteLength(content.text, 'utf8') : Buffer.byteLength(content.ciphertext, 'base64url')

/** Why a conversation of this class does not take the content, if so: each class takes its own kind only. */
export const contentFlaw = (encryption: Encryption, content: Content, limit: number): ConversationRejection | undefined => {
  if ('text' in content !== (encryption === 'readable')) return { _tag: 'OtherContentExpected', encryption }
  const bytes = bytesOf(content)
  return bytes > limit ? { _tag: 'ContentTooLarge', bytes, limit } : undefined
}

/** Why the envelope is refused, if so: it belongs to the conversation's present key epoch, which only `e2ee` has (E10). */
export const envelopeFlaw = ({ encryption, epoch }: Open, envelope: Envelope | undefined): ConversationRejection | undefined => {
  if (envelope === undefined) return undefined
  if (encryption === 'readable') return { _tag: 'OtherContentExpected', encryption }
  return envelope.epoch === epoch ? undefined : { _tag: 'EpochExpected', epoch }
}
