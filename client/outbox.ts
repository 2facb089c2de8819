import * as E from 'fp-ts/lib/Either.js'
import type { Acknowledgement } from '../events/wire/answers.js'
import type { ConversationCommand } from '../events/wire/commands.js'
import { limits as wireLimits } from '../events/limits.js'
import { problem } from '../events/wire/problems.js'
import { CommandRefused, OutboxFull } from './client.js'
import { lane, type Lane } from './lane.js'
import type { ClientLimits } from './limits.js'
import type { Pipeline } from './pipeline.js'

/** What a command frame holds beside the command: its names, an id, two numbers. */
const AROUND_THE_COMMAND_BYTES = 160

export interface Outbox {
  readonly command: (conversation: string, command: ConversationCommand) => Promise<Acknowledgement>
  /** Rejects all that waits, and what comes later. */
  readonly stop: (error: Error) => void
}

interface OutboxSurroundings {
  readonly pipeline: Pipeline
  readonly limits: ClientLimits
  readonly random: () => number
  /** The device's next number per conversation, where it is known. */
  readonly counters: Readonly<Record<string, number>>
}

const utf8 = new TextEncoder()

/** Commands on their way: first in, first out for each conversation; conversations take turns. */
export const outbox = ({ pipeline, limits, random, counters }: OutboxSurroundings): Outbox => {
  const lanes = new Map<string, Lane>()
  let queued = 0
  let stopped: Error | undefined

  const laneOf = (conversation: string): Lane => {
    const known = lanes.get(conversation)
    if (known !== undefined) return known
    const made = lane({ conversation, next: counters[conversation], pipeline, limits, random, onSettled: () => { queued -= 1 } })
    lanes.set(conversation, made)
    return made
  }

  const admit = (body: string): E.Either<Error, string> => {
    if (stopped !== undefined) return E.left(stopped)
    if (queued >= limits.commandsQueued) return E.left(new OutboxFull(limits.commandsQueued))
    const bytes = utf8.encode(body).length + AROUND_THE_COMMAND_BYTES
    return bytes > wireLimits.frameBytes ? E.left(new CommandRefused(problem('too-large'))) : E.right(body)
  }

  return {
    command: (conversation, command) =>
      new Promise((resolve, reject) => {
        const body = admit(JSON.stringify(command))
        if (E.isLeft(body)) {
          reject(body.left)
          return
        }
        queued += 1
        laneOf(conversation).add({ body: body.right, resolve, reject })
      }),
    stop: (error) => {
      stopped = error
      lanes.forEach((each) => { each.stop(error) })
      lanes.clear()
    },
  }
}
