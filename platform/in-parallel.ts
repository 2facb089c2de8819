/** Runs `work` over all items, so many at a time, results in their order. */
export const inParallel = async <A, B>(items: ReadonlyArray<A>, width: number, work: (item: A) => Promise<B>): Promise<ReadonlyArray<B>> => {
  const results: B[] = []
  let next = 0
  const lane = async () => {
    for (let at = next++; at < items.length; at = next++) {
      const item = items[at]
      if (item !== undefined) results[at] = await work(item)
    }
  }
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, lane))
  return results
}
