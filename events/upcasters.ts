/** Lifts the data of one version of an event to the next; pure, total, kept for ever. */
export type Upcaster = (data: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>

/** `type` → version that it lifts from → upcaster. Every event is at version 1 so far. */
export const upcasters: Readonly<Record<string, Readonly<Record<number, Upcaster>>>> = {}

/** Data of an old version as the current one; undefined when a step is missing (a version from the future, say). */
export const upcast = (
  type: string,
  from: number,
  to: number,
  data: Readonly<Record<string, unknown>>,
  table: typeof upcasters = upcasters,
): Readonly<Record<string, unknown>> | undefined => {
  if (from > to) return undefined
  let lifted = data
  for (let version = from; version < to; version += 1) {
    const step = table[type]?.[version]
    if (step === undefined) return undefined
    lifted = step(lifted)
  }
  return lifted
}
