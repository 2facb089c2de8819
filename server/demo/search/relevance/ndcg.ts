const gainOf = (grade: number, at: number): number => (2 ** grade - 1) / Math.log2(at + 2)

const gained = (grades: ReadonlyArray<number>, most: number): number => grades.slice(0, most).reduce((sum, grade, at) => sum + gainOf(grade, at), 0)

/** Normalised discounted cumulative gain of the first `most` hits: 1 when none would be better elsewhere (Järvelin and Kekäläinen, 2002). */
export const ndcg = (found: ReadonlyArray<number>, judged: ReadonlyArray<number>, most: number): number => {
  const ideal = gained(judged.toSorted((one, other) => other - one), most)
  return ideal === 0 ? 1 : gained(found, most) / ideal
}
