import type { Content } from '../../events/wire/commands.js'
import type { Notification } from '../../events/wire/notification.js'
import { contentOrNull } from '../contents/message-view.js'
import type { Contents } from '../contents/open-contents.js'
import { queryLimits } from '../limits.js'
import type { StoredNotification } from '../ports.js'

/** The first characters of a text; none of what is forgotten or sealed by its sender. */
const previewOf = (content: Content | null): string | undefined =>
  content !== null && 'text' in content ? [...content.text.slice(0, 2 * queryLimits.previewCharacters)].slice(0, queryLimits.previewCharacters).join('') : undefined

const given = <K extends string, V>(key: K, value: V | undefined): { readonly [Key in K]?: V } =>
  (value === undefined ? {} : { [key]: value }) as { readonly [Key in K]?: V }

const mentioning: ReadonlySet<string> = new Set(['mention', 'storyMention'])

export const notificationView = (contents: Contents) => ({ content, ...stored }: StoredNotification): Notification => ({
  id: stored.id,
  type: stored.kind,
  account: stored.account,
  actor: stored.actor,
  ...given('mentioned_by', mentioning.has(stored.kind) ? stored.actor : undefined),
  ...given('conversation_id', stored.conversation),
  ...given('sequence', stored.sequence),
  ...given('message_id', stored.messageId),
  ...given('message_preview', content === undefined ? undefined : previewOf(contentOrNull(contents(content)))),
  ...given('story_id', stored.storyId),
  created_at: stored.at,
  read: stored.read,
  position: stored.position,
})
