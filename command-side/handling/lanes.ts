/** Work of one key runs one after another, in the order of the calls; different keys side by side. */
export interface Lanes {
  /** Starts at once when the lane is free. One that rejects does not stop those after it. */
  readonly run: <A>(key: string, work: () => Promise<A>) => Promise<A>
}

export const lanes = (): Lanes => {
  const ends = new Map<string, Promise<unknown>>()
  return {
    run: (key, work) => {
      const before = ends.get(key)
      const mine = before === undefined ? work() : before.then(work)
      const end = mine.then(() => undefined, () => undefined)
      ends.set(key, end)
      void end.then(() => {
        if (ends.get(key) === end) ends.delete(key)
      })
      return mine
    },
  }
}
