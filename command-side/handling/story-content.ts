import * as E from 'fp-ts/lib/Either.js'
import { open } from '../../events/sealing.js'
import { storiesStream } from '../../events/streams.js'
import type { Problem } from '../../events/wire/answers.js'
import type { StoryContent } from '../../events/wire/commands.js'
import type { Said } from '../stories/commands.js'
import type { CommandSideDependencies } from './dependencies.js'
import { read } from './kept.js'
import { streamFrom } from './stream-from.js'
import { keyOf } from './unit-keys.js'

type Dependencies = Pick<CommandSideDependencies, 'eventStore' | 'keyStore'>

/** What the story that was posted at this revision says, opened; undefined once nothing opens it. */
export const saidBy = async ({ eventStore, keyStore }: Dependencies, author: string, storyId: string, revision: number): Promise<E.Either<Problem, Said | undefined>> => {
  const stream = storiesStream(author)
  const key = await keyOf(keyStore, stream, storyId)
  if (E.isLeft(key) || key.right === undefined) return E.map(() => undefined)(key)
  for await (const recorded of eventStore.read(stream, { from: BigInt(revision), direction: 'forwards', limit: 1 })) {
    const event = read(recorded)
    if (event.type !== 'StoryPosted' || event.sealed === undefined) break
    const opened = open(key.right, { stream, eventId: event.id, type: event.type }, event.sealed)
    if (E.isLeft(opened)) return E.right(undefined)
    // Only the content of stories is sealed in these events.
    const content = JSON.parse(Buffer.from(opened.right.content).toString('utf8')) as StoryContent
    return E.right({ content, media: event.data.media })
  }
  throw new Error(`${stream} has no story at ${revision}`)
}

/** Whether a story of this id was ever posted, ended ones too. Reads the author's whole stream: for the rare case only. */
export const wasPosted = async ({ eventStore }: Dependencies, author: string, storyId: string): Promise<boolean> => {
  for await (const recorded of streamFrom(eventStore, storiesStream(author), 0n)) {
    const event = read(recorded)
    if (event.type === 'StoryPosted' && event.data.storyId === storyId) return true
  }
  return false
}
