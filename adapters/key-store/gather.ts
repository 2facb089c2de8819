interface Waiting<Item, Result> {
  readonly items: ReadonlyArray<Item>
  readonly resolve: (results: ReadonlyArray<Result>) => void
  readonly reject: (error: unknown) => void
}

/** Calls that arrive while one is under way go together into the next one; each is answered with its own part, in order. */
export const gather = <Item, Result>(atMost: number, run: (items: ReadonlyArray<Item>) => Promise<ReadonlyArray<Result>>) => {
  const waiting: Waiting<Item, Result>[] = []
  let running = false

  const take = (): ReadonlyArray<Waiting<Item, Result>> => {
    let size = 0
    const count = waiting.findIndex(({ items }, index) => (size += items.length) > atMost && index > 0)
    return waiting.splice(0, count === -1 ? waiting.length : count)
  }

  const runOnce = async (calls: ReadonlyArray<Waiting<Item, Result>>): Promise<void> => {
    try {
      const results = await run(calls.flatMap(({ items }) => items))
      let at = 0
      for (const { items, resolve } of calls) resolve(results.slice(at, (at += items.length)))
    } catch (error) {
      for (const { reject } of calls) reject(error)
    }
  }

  const drain = async (): Promise<void> => {
    while (waiting.length > 0) await runOnce(take())
    running = false
  }

  return (items: ReadonlyArray<Item>): Promise<ReadonlyArray<Result>> =>
    new Promise((resolve, reject) => {
      waiting.push({ items, resolve, reject })
      if (running) return
      running = true
      setImmediate(() => void drain())
    })
}
