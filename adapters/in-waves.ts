/**
 * Splits items so that no key comes twice in one part and, part after part, the items of a key keep their order: each
 * part can then be one statement that touches every row at most once.
 */
export const inWaves = <A>(items: ReadonlyArray<A>, keyOf: (item: A) => string): ReadonlyArray<ReadonlyArray<A>> => {
  const waves: A[][] = []
  const seen = new Map<string, number>()
  for (const item of items) {
    const key = keyOf(item)
    const wave = seen.get(key) ?? 0
    seen.set(key, wave + 1)
    const there = waves[wave]
    if (there === undefined) waves.push([item])
    else there.push(item)
  }
  return waves
}
