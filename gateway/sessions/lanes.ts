/** Runs work, so many at a time; the others wait in order. */
export type Lanes = <A>(work: () => Promise<A>) => Promise<A>

export const lanes = (width: number): Lanes => {
  const waiting: (() => void)[] = []
  let free = width

  const enter = (): Promise<void> | undefined => {
    if (free > 0) {
      free -= 1
      return undefined
    }
    return new Promise((resolve) => waiting.push(resolve))
  }
  const leave = (): void => {
    const next = waiting.shift()
    if (next === undefined) free += 1
    else next()
  }
  return async (work) => {
    await enter()
    try {
      return await work()
    } finally {
      leave()
    }
  }
}
