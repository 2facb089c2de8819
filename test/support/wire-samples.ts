import { accountCommands, conversationCommands, MarkRead, MuteConversation, storyCommands } from '../../events/wire/commands.js'

/** One whole, valid command of every type, every optional field present. */
const id = '01990a1b-2c3d-7001-8025-5eed00000001'
const other = '01990a1b-2c3d-7002-804a-5eed00000002'
const base64url = (bytes: number): string => Buffer.alloc(bytes, 0xa5).toString('base64url')
const envelope = { version: 1, epoch: 1, step: 0, counter: 1, nonce: base64url(24), commitment: base64url(32), signature: base64url(64) }
const content = { text: 'hello' }
const profile = { handle: 'hanna', name: 'Hanna', email: 'hanna@example.org' }

const conversationSamples: Readonly<Record<keyof typeof conversationCommands, Readonly<Record<string, unknown>>>> = {
  CreateConversation: { kind: 'group', encryption: 'readable', history: 'shared', members: [id, other], name: content },
  AddMembers: { members: [id, other] },
  RemoveMember: { userId: id },
  LeaveConversation: {},
  ChangeRole: { userId: id, role: 'admin' },
  RenameConversation: { name: content },
  SendMessage: { messageId: id, content, replyTo: 0, mentions: ['hanna'], story: { author: id, storyId: other }, envelope },
  EditMessage: { target: 3, content: { ciphertext: base64url(40), tokens: [base64url(16)] }, mentions: ['hanna'], envelope },
  DeleteMessage: { target: 3 },
  React: { target: 3, reaction: content },
  Unreact: { target: 3, reaction: content },
  PinMessage: { target: 3 },
  UnpinMessage: { target: 3 },
}
const accountSamples: Readonly<Record<keyof typeof accountCommands, Readonly<Record<string, unknown>>>> = {
  RegisterAccount: { profile },
  ChangeProfile: { profile },
  RegisterDevice: { deviceId: id, signingKey: base64url(32), boxKey: base64url(32) },
  RevokeDevice: { deviceId: id },
  Follow: { userId: id },
  Unfollow: { userId: id },
  AddCloseFriend: { userId: id },
  RemoveCloseFriend: { userId: id },
  Block: { userId: id },
  Unblock: { userId: id },
  HideStoriesFrom: { userId: id, hidden: true },
  MuteStories: { userId: id, muted: true },
  SetNotifications: { kind: 'mention', enabled: false },
  SetLastSeen: { visibleTo: 'contacts' },
}
const storySamples: Readonly<Record<keyof typeof storyCommands, Readonly<Record<string, unknown>>>> = {
  PostStory: { storyId: id, tier: 'public', content, media: { type: 'image/jpeg', bytes: 1_000, digest: base64url(32) } },
  DeleteStory: { storyId: id },
  ViewStory: { author: other, storyId: id },
  ReactToStory: { author: other, storyId: id, reaction: content },
  UnreactToStory: { author: other, storyId: id },
  InspectStory: { author: other, storyId: id, reason: 'reported' },
}

export interface Sample {
  readonly type: string
  readonly schema: object
  readonly value: Readonly<Record<string, unknown>>
}

const samplesOf = (schemas: Readonly<Record<string, object>>, values: Readonly<Record<string, Readonly<Record<string, unknown>>>>): ReadonlyArray<Sample> =>
  Object.entries(schemas).map(([type, schema]) => ({ type, schema, value: { type, ...values[type] } }))

export const conversationCommandSamples = samplesOf(conversationCommands, conversationSamples)
export const accountCommandSamples = samplesOf(accountCommands, accountSamples)
export const commandSamples: ReadonlyArray<Sample> = [
  ...conversationCommandSamples,
  ...accountCommandSamples,
  ...samplesOf(storyCommands, storySamples),
  ...samplesOf({ MarkRead, MuteConversation }, { MarkRead: { through: 3 }, MuteConversation: { muted: true } }),
]
