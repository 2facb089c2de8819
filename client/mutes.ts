import { CommandRefused, OutboxFull } from './client.js'
import { oneAtATime, type Surroundings } from './one-at-a-time.js'

interface Wish {
  readonly conversation: string
  readonly muted: boolean
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

export interface Mutes {
  readonly mute: (conversation: string, muted: boolean) => Promise<void>
  /** Rejects all that waits, and what comes later. */
  readonly stop: (error: Error) => void
}

/** Conversations to mute or not, one after another in the order of the calls, each until it is answered. */
export const mutes = (surroundings: Surroundings): Mutes => {
  const { mutesQueued } = surroundings.limits
  const wishes: Wish[] = []
  let stopped: Error | undefined

  const asking = oneAtATime<Wish>(surroundings, {
    next: () => wishes[0],
    frame: (request, { conversation, muted }) => ({ type: 'mute', request, conversation, muted }),
    settle: ({ resolve, reject }, refused) => {
      wishes.shift()
      if (refused === undefined) resolve()
      else reject(new CommandRefused(refused))
    },
  })

  return {
    mute: (conversation, muted) =>
      new Promise((resolve, reject) => {
        if (stopped !== undefined || wishes.length >= mutesQueued) {
          reject(stopped ?? new OutboxFull(mutesQueued))
          return
        }
        wishes.push({ conversation, muted, resolve, reject })
        asking.wake()
      }),
    stop: (error) => {
      stopped = error
      asking.end()
      for (const { reject } of wishes.splice(0)) reject(error)
    },
  }
}
