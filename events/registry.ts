import { Compile, type Validator } from 'typebox/compile'
import type { Static, TSchema } from 'typebox'
import { accountEvents } from './schemas/account.js'
import { conversationEvents } from './schemas/conversation.js'
import { receiptsEvents } from './schemas/receipts.js'
import { storiesEvents } from './schemas/stories.js'
import { storyEvents } from './schemas/story.js'
import type { Category } from './streams.js'

/** The current shape of every event, by the category of the stream that carries it. One schema, everything else follows. */
export const eventSchemas = { conversation: conversationEvents, account: accountEvents, receipts: receiptsEvents, stories: storiesEvents, story: storyEvents } as const

type Schemas = typeof eventSchemas
export type EventCategory = keyof Schemas
type DataOf<C extends EventCategory> = { readonly [T in keyof Schemas[C]]: Schemas[C][T] extends TSchema ? Static<Schemas[C][T]> : never }
/** Type and data of an event of one category, as a union that `switch` narrows. */
export type EventOf<C extends EventCategory> = { [T in keyof DataOf<C>]: { readonly type: T; readonly data: DataOf<C>[T] } }[keyof DataOf<C>]

export type ConversationEvent = EventOf<'conversation'>
export type AccountEvent = EventOf<'account'>
export type ReceiptsEvent = EventOf<'receipts'>
export type StoriesEvent = EventOf<'stories'>
export type StoryEvent = EventOf<'story'>
export type AnyEvent = ConversationEvent | AccountEvent | ReceiptsEvent | StoriesEvent | StoryEvent

/** The version that is written today; older ones are lifted by `upcasters`. */
export const currentVersion = 1

interface Registered {
  readonly category: Category
  readonly schema: TSchema
  readonly validator: Validator
}

/** Compiling all schemas at once would take a large part of a process's start. */
const compiledWhenUsed = (category: Category, schema: TSchema): Registered => {
  let validator: Validator | undefined
  return {
    category,
    schema,
    get validator() {
      return (validator ??= Compile(schema) as unknown as Validator)
    },
  }
}

const registered = new Map<string, Registered>(
  Object.entries(eventSchemas).flatMap(([category, schemas]) =>
    Object.entries(schemas).map(([type, schema]): [string, Registered] => [
      type,
      compiledWhenUsed(category as EventCategory, schema),
    ]),
  ),
)

/** What the registry knows of an event type; `undefined` for a type that is not ours. */
export const registration = (type: string): Registered | undefined => registered.get(type)

export const eventTypes: ReadonlyArray<string> = [...registered.keys()]

/** Whether events of this type carry sealed content: those with a `digest` in their data. */
export const isSealedType = (type: string): boolean => {
  const schema = registered.get(type)?.schema as { properties?: Record<string, unknown> } | undefined
  return schema?.properties !== undefined && 'digest' in schema.properties
}
