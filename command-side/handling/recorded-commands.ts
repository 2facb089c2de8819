import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import type { Decoded } from '../../events/codec.js'
import type { EventStore, StreamName } from '../../events/event-store.js'
import type { ConversationEvent } from '../../events/registry.js'
import type { Problem } from '../../events/wire/answers.js'
import type { Caller } from '../command-side.js'
import type { CommandReceipts } from '../ports.js'
import { unavailable } from './answers.js'
import type { Receipt } from './devices.js'
import { read } from './kept.js'
import { streamFrom } from './stream-from.js'

export type Recorded = Decoded<ConversationEvent>

interface Dependencies {
  readonly eventStore: EventStore
  readonly commandReceipts: CommandReceipts
}

const belongsTo = ({ account, device }: Caller, counter: number) => ({ metadata }: Recorded): boolean =>
  metadata.actor === account && metadata.device === device && metadata.command?.counter === counter

/** A conversation's stream carries conversation events only. */
const conversationEvent = (event: Decoded): Recorded => event as Recorded

/** The events of the command from a revision on: they stand side by side. */
const sideBySide = async (eventStore: EventStore, stream: StreamName, from: number, mine: (event: Recorded) => boolean): Promise<ReadonlyArray<Recorded>> => {
  const found: Recorded[] = []
  for await (const recorded of streamFrom(eventStore, stream, BigInt(from))) {
    const event = conversationEvent(read(recorded))
    if (mine(event)) found.push(event)
    else if (found.length > 0) break
  }
  return found
}

const between = async (eventStore: EventStore, stream: StreamName, { first, last }: Omit<Receipt, 'counter'>): Promise<ReadonlyArray<Recorded>> => {
  const found: Recorded[] = []
  for await (const recorded of eventStore.read(stream, { from: BigInt(first), direction: 'forwards', limit: last - first + 1 })) {
    found.push(conversationEvent(read(recorded)))
  }
  return found
}

/**
 * The events of a command whose number was used: where the state remembers them, else where `CommandReceipts` says, else
 * in the tail that it does not hold yet, else anywhere (another account's device of the same id may stand in its place).
 */
export const recordedCommand = ({ eventStore, commandReceipts }: Dependencies) =>
  async (stream: StreamName, caller: Caller, counter: number, receipt: Receipt | undefined): Promise<E.Either<Problem, ReadonlyArray<Recorded>>> => {
    if (receipt !== undefined) return E.right(await between(eventStore, stream, receipt))
    const mine = belongsTo(caller, counter)
    const found = await commandReceipts.find(stream, caller.device, counter)()
    if (E.isLeft(found)) return E.left(unavailable(found.left.retryAfterMs))
    const { first, last, atRevision } = found.right
    if (O.isSome(first) && O.isSome(last)) {
      const there = await between(eventStore, stream, { first: first.value, last: last.value })
      if (there.length > 0 && there.every(mine)) return E.right(there)
    }
    const inTail = await sideBySide(eventStore, stream, atRevision + 1, mine)
    return E.right(inTail.length > 0 ? inTail : await sideBySide(eventStore, stream, 0, mine))
  }
