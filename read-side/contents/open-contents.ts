import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { RecordedEvent } from '../../events/event-store.js'
import type { KeyStore, UnitState } from '../../events/key-store.js'
import { open } from '../../events/sealing.js'
import type { Problem } from '../../events/wire/answers.js'
import { orUnavailable } from '../answers.js'
import { jsonOf } from './json.js'

/** The content of a sealed event; `Forgotten` when no living key opens it. */
export type Opened =
  | { readonly _tag: 'Opened'; readonly content: unknown; readonly salt: Uint8Array }
  | { readonly _tag: 'Forgotten' }

/** What an event's seal holds, undefined where nothing is sealed. Opens when asked, so what is not shown is not opened. */
export type Contents = (event: RecordedEvent) => Opened | undefined

const forgotten: Opened = { _tag: 'Forgotten' }

const unitOf = (event: RecordedEvent): string | undefined =>
  event.sealed === undefined ? undefined : (jsonOf(event.data) as { readonly unit?: string }).unit

const openWith = (unit: UnitState | undefined, { stream, id, type, sealed }: RecordedEvent): Opened => {
  if (unit?._tag !== 'Living' || sealed === undefined) return forgotten
  const opened = open(unit.key, { stream, eventId: id, type }, sealed)
  return E.isLeft(opened) ? forgotten : { _tag: 'Opened', content: jsonOf(opened.right.content), salt: opened.right.salt }
}

/** The contents of all these events by one look-up of keys; none when nothing is sealed. */
export const openContents = (keyStore: Pick<KeyStore, 'find'>) => (events: ReadonlyArray<RecordedEvent>): TE.TaskEither<Problem, Contents> => {
  const units = new Map<RecordedEvent, string>()
  for (const event of events) {
    const unit = unitOf(event)
    if (unit !== undefined) units.set(event, unit)
  }
  const asked = [...new Set(units.values())]
  if (asked.length === 0) return TE.right(() => undefined)
  return pipe(
    orUnavailable(keyStore.find(asked)),
    TE.map((states): Contents => {
      const byUnit = new Map(asked.map((unit, index) => [unit, states[index]]))
      return (event) => {
        const unit = units.get(event)
        return unit === undefined ? undefined : openWith(byUnit.get(unit), event)
      }
    }),
  )
}
