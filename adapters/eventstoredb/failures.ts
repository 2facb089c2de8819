import { isCommandError, MaxAppendSizeExceededError, WrongExpectedVersionError } from '@eventstore/db-client'
import type { AppendError } from '../../events/event-store.js'

/** Milliseconds after which a caller may ask again. */
export const RETRY_AFTER_MS = 100

/** No answer within our own time limit; the client has none for batch appends. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer'
}

/** Whether an error came over the wire; errors while the client fetches capabilities are raw gRPC errors, told by their code. */
export const isWireFailure = (error: unknown): error is Error =>
  error instanceof Error && (error instanceof NoAnswer || isCommandError(error) || ('code' in error && typeof error.code === 'number'))

/** Whether the server answered and said no. */
export const isRefusal = (error: unknown): boolean => error instanceof WrongExpectedVersionError || error instanceof MaxAppendSizeExceededError

export const unavailable = (reason: string): AppendError => ({ _tag: 'StoreUnavailable', retryAfterMs: RETRY_AFTER_MS, reason })

/** What a failed append means to the caller. Everything but a definite refusal is an unknown outcome; a defect is thrown on. */
export const appendErrorOf = (error: unknown, bytes: number, events: number): AppendError => {
  if (error instanceof WrongExpectedVersionError) {
    const actual = error.actualVersion
    return { _tag: 'WrongExpectedRevision', actual: typeof actual === 'bigint' && actual >= 0n ? actual : 'no-stream' }
  }
  if (error instanceof MaxAppendSizeExceededError) return { _tag: 'AppendTooLarge', bytes, events, limit: error.maxAppendSize }
  if (!isWireFailure(error)) throw error
  return unavailable(error.message)
}

/** Rejects with `NoAnswer` when nothing came in time; what comes later is dropped. */
export const within = async <A>(milliseconds: number, answer: Promise<A>): Promise<A> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new NoAnswer(`no answer within ${milliseconds} ms`)), milliseconds)
  })
  try {
    return await Promise.race([answer, late])
  } finally {
    clearTimeout(timer)
  }
}
