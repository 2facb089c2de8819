import Type, { type TSchema } from 'typebox'
import { Id, idPattern } from './ids.js'
import { currentVersion, eventSchemas } from './registry.js'
import { closed, Metadata } from './schemas/common.js'
import { Acknowledgement, DeliveredEvent, Problem } from './wire/answers.js'
import {
  AccountCommand, accountCommands, Content, ConversationCommand, conversationCommands, MarkRead, MuteConversation, StoryCommand, storyCommands,
} from './wire/commands.js'
import { ClientFrame, clientFrames, ServerFrame, serverFrames } from './wire/frames.js'

const dialect = 'https://json-schema.org/draft/2020-12/schema'

/** A recorded event as a record of the events topic and of files holds it. */
const recordedEvent = (category: string, type: string, data: TSchema) =>
  closed({
    stream: Type.String({ pattern: `^${category}-${idPattern.slice(1)}` }),
    revision: Type.Integer({ minimum: 0, description: 'place in the stream, contiguous from 0' }),
    position: Type.String({ description: 'opaque place in the log; compares as a string' }),
    id: Id,
    type: Type.Literal(type),
    version: Type.Literal(currentVersion),
    data,
    metadata: Metadata,
    sealed: Type.Optional(Type.String({ contentEncoding: 'base64', description: 'the content, under the key of its unit' })),
  })

const eventFiles = (): ReadonlyArray<readonly [string, object]> =>
  Object.entries(eventSchemas).flatMap(([category, schemas]) =>
    Object.entries(schemas).map(([type, data]: [string, TSchema]) => [
      `events/${type}.v${currentVersion}.json`,
      { $schema: dialect, $id: `urn:tidings:event:${type}:${currentVersion}`, title: type, ...recordedEvent(category, type, data) },
    ] as const),
  )

const wireFile = (name: string, definitions: Readonly<Record<string, TSchema>>): readonly [string, object] => [
  `wire/${name}.json`,
  { $schema: dialect, $id: `urn:tidings:wire:${name}`, $defs: definitions },
]

/**
 * The JSON Schemas (2020-12) of everything that others read or send, by file name under `docs/schemas/`: one for each event
 * type and version, and the commands, answers and frames as `$defs`. The same on every call.
 */
export const jsonSchemas = (): ReadonlyMap<string, object> =>
  new Map([
    ...eventFiles(),
    wireFile('commands', {
      ConversationCommand, AccountCommand, StoryCommand, MarkRead, MuteConversation, Content, ...conversationCommands, ...accountCommands, ...storyCommands,
    }),
    wireFile('answers', { Acknowledgement, Problem, DeliveredEvent }),
    wireFile('frames', {
      ClientFrame,
      ServerFrame,
      ...Object.fromEntries(Object.entries(clientFrames).map(([type, schema]) => [`client.${type}`, schema])),
      ...Object.fromEntries(Object.entries(serverFrames).map(([type, schema]) => [`server.${type}`, schema])),
    }),
  ])
