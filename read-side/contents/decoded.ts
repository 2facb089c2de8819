import * as E from 'fp-ts/lib/Either.js'
import { decode, type Decoded } from '../../events/codec.js'
import type { RecordedEvent } from '../../events/event-store.js'
import type { AnyEvent } from '../../events/registry.js'

type EventOfType<Type extends AnyEvent['type']> = Decoded<Extract<AnyEvent, { readonly type: Type }>>

/** An event of a read model, which only holds what could be decoded: anything else is a defect, and thrown. */
export const decodedAs = <const Type extends AnyEvent['type']>(type: Type, recorded: RecordedEvent): EventOfType<Type> => {
  const decoded = decode(recorded)
  if (E.isLeft(decoded) || decoded.right.type !== type) throw new Error(`${recorded.stream} ${recorded.revision} is not a ${type} that can be read`)
  return decoded.right as EventOfType<Type>
}
