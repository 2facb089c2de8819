/** Runs measured rounds in the order A B … B A, so that a drift of the machine hits all alike; means of the two rates. */
export const roundsThereAndBack = async <Name extends string>(rounds: Readonly<Record<Name, () => Promise<number>>>): Promise<Readonly<Record<Name, number>>> => {
  const names = Object.keys(rounds) as Name[]
  const rates = new Map<Name, number[]>(names.map((name) => [name, []]))
  for (const name of [...names, ...names.toReversed()]) {
    const rate = await rounds[name]()
    console.log(`${name}: ${Math.round(rate)}/s`)
    rates.get(name)?.push(rate)
  }
  const mean = (all: ReadonlyArray<number>) => all.reduce((sum, one) => sum + one, 0) / all.length
  return Object.fromEntries([...rates].map(([name, all]) => [name, mean(all)])) as Record<Name, number>
}
