/** Numbers that look random and follow from the seed alone. */
export interface Chance {
  /** Uniform in [0, 1). */
  readonly fraction: () => number
  /** Uniform in 0 … below - 1; `below` is at least 1. */
  readonly below: (below: number) => number
  /** True with this probability. */
  readonly happens: (probability: number) => boolean
  /** Log-normal with this median; `spread` is the standard deviation of the logarithm. */
  readonly logNormal: (median: number, spread: number) => number
}

/** mulberry32: 32 bits of state, good enough for chatter, never for secrets. */
export const chanceOf = (seed: number): Chance => {
  let state = seed >>> 0
  const fraction = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000
  }
  return {
    fraction,
    below: (below) => Math.floor(fraction() * below),
    happens: (probability) => fraction() < probability,
    logNormal: (median, spread) => {
      const normal = Math.sqrt(-2 * Math.log(1 - fraction())) * Math.cos(2 * Math.PI * fraction())
      return median * Math.exp(spread * normal)
    },
  }
}
