import * as TE from 'fp-ts/lib/TaskEither.js'
import Type, { type Static } from 'typebox'
import { Id } from '../../events/ids.js'
import { closed, Sequence } from '../../events/schemas/common.js'
import { Acknowledgement, StoryAcknowledgement, type Problem } from '../../events/wire/answers.js'
import { AccountCommand, ConversationCommand, Counter, MarkNotificationsRead, StoryCommand } from '../../events/wire/commands.js'
import type { Route, RouteAnswer } from '../../platform/http-route.js'
import type { CommandSide } from '../command-side.js'

const ConversationParams = closed({ conversation: Id })
type ConversationParams = Static<typeof ConversationParams>

const NumberedCommand = closed({ counter: Counter, command: ConversationCommand })
const ReadThrough = closed({ through: Sequence })
const Muting = closed({ muted: Type.Boolean() })

const acknowledged = (answer: TE.TaskEither<Problem, StoryAcknowledgement>): TE.TaskEither<Problem, RouteAnswer> =>
  TE.map((body: StoryAcknowledgement) => ({ status: 200, body }))(answer)

const storyRoute = (commandSide: CommandSide): Route<Problem> => ({
  method: 'POST',
  url: '/v1/stories/commands',
  operationId: 'commandStories',
  summary: 'Post or delete a story, look at one, react to it; administrators may inspect one with a reason that is recorded. Each may be sent again: it changes nothing twice.',
  tags: ['commands'],
  access: 'device',
  schema: { body: StoryCommand, response: { 200: StoryAcknowledgement } },
  handle: ({ caller, body }) => acknowledged(commandSide.story(caller, body as StoryCommand)),
})

const readMarkers = (commandSide: CommandSide): Route<Problem> => ({
  method: 'POST',
  url: '/v1/conversations/:conversation/read',
  operationId: 'markRead',
  action: 'read',
  summary: 'Say that everything up to a sequence is read. Markers only move forwards.',
  tags: ['commands'],
  access: 'device',
  schema: { params: ConversationParams, body: ReadThrough, response: { 200: Acknowledgement } },
  handle: ({ caller, params, body }) => {
    const { through } = body as Static<typeof ReadThrough>
    return acknowledged(commandSide.markRead(caller, (params as ConversationParams).conversation, { type: 'MarkRead', through }))
  },
})

const mutes = (commandSide: CommandSide): Route<Problem> => ({
  method: 'POST',
  url: '/v1/conversations/:conversation/mute',
  operationId: 'muteConversation',
  summary: 'Say whether the conversation notifies the account, on all its devices.',
  tags: ['commands'],
  access: 'device',
  schema: { params: ConversationParams, body: Muting, response: { 200: Acknowledgement } },
  handle: ({ caller, params, body }) => {
    const { muted } = body as Static<typeof Muting>
    return acknowledged(commandSide.muteConversation(caller, (params as ConversationParams).conversation, { type: 'MuteConversation', muted }))
  },
})

/** The commands over HTTP: the same handlers that the gateway calls. */
export const commandRoutes = (commandSide: CommandSide): ReadonlyArray<Route<Problem>> => [
  {
    method: 'POST',
    url: '/v1/conversations/:conversation/commands',
    operationId: 'commandConversation',
    summary: "Send a command to a conversation, under the device's next number. The same command under the same number has the same answer, for ever.",
    tags: ['commands'],
    access: 'device',
    schema: { params: ConversationParams, body: NumberedCommand, response: { 200: Acknowledgement } },
    handle: ({ caller, params, body }) => {
      const { counter, command } = body as Static<typeof NumberedCommand>
      return acknowledged(commandSide.conversation(caller, (params as ConversationParams).conversation, counter, command))
    },
  },
  readMarkers(commandSide),
  mutes(commandSide),
  {
    method: 'POST',
    url: '/v1/notifications/read',
    operationId: 'markNotificationsRead',
    summary: 'Say that notifications up to a `position` are read; with `clear` they leave the list too. Marks only move forwards.',
    tags: ['commands'],
    access: 'account',
    schema: { body: MarkNotificationsRead, response: { 200: Acknowledgement } },
    handle: ({ caller, body }) => acknowledged(commandSide.markNotificationsRead(caller.account, body as MarkNotificationsRead)),
  },
  storyRoute(commandSide),
  {
    method: 'POST',
    url: '/v1/account/commands',
    operationId: 'commandAccount',
    summary: 'Register the account, change its profile, devices, settings, and how it stands to others. Each may be sent again: it changes nothing twice.',
    tags: ['commands'],
    access: 'account',
    schema: { body: AccountCommand, response: { 200: Acknowledgement } },
    handle: ({ caller, body }) => acknowledged(commandSide.account(caller.account, body as AccountCommand)),
  },
]
