import { CommandRefused, OutboxFull } from './client.js'
import type { ClientLimits } from './limits.js'
import type { Answer, Pipeline, Source } from './pipeline.js'
import { refusalOf } from './refusal.js'
import { retry } from './retry.js'

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
export const mutes = ({ pipeline, limits, random }: { readonly pipeline: Pipeline; readonly limits: ClientLimits; readonly random: () => number }): Mutes => {
  const wishes: Wish[] = []
  const pause = retry(limits, random, () => { pipeline.wake(source) })
  let underWay = false
  let stopped: Error | undefined

  const sendNext = (): boolean => {
    const [wish] = wishes
    if (wish === undefined || underWay || pause.isWaiting()) return false
    const { conversation, muted } = wish
    underWay = true
    pipeline.ask((request) => JSON.stringify({ type: 'mute', request, conversation, muted }), (answer) => { answered(wish, answer) })
    return true
  }
  const source: Source = { sendNext }

  const settle = (how: (wish: Wish) => void) => {
    pause.succeeded()
    const wish = wishes.shift()
    if (wish !== undefined) how(wish)
  }
  const answered = (wish: Wish, answer: Answer) => {
    underWay = false
    if (wish !== wishes[0]) return
    if (answer._tag === 'Acknowledged') settle(({ resolve }) => { resolve() })
    if (answer._tag === 'Refused') {
      const refusal = refusalOf(answer.problem)
      if (refusal._tag === 'Again') pause.begin(refusal.afterMs)
      else settle(({ reject }) => { reject(new CommandRefused(answer.problem)) })
    }
    pipeline.wake(source)
  }

  return {
    mute: (conversation, muted) =>
      new Promise((resolve, reject) => {
        if (stopped !== undefined || wishes.length >= limits.mutesQueued) {
          reject(stopped ?? new OutboxFull(limits.mutesQueued))
          return
        }
        wishes.push({ conversation, muted, resolve, reject })
        pipeline.wake(source)
      }),
    stop: (error) => {
      stopped = error
      pause.end()
      for (const { reject } of wishes.splice(0)) reject(error)
    },
  }
}
