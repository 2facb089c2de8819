/** Characters from which a word may be misspelt once, and twice. */
const ONE_EDIT_FROM = 4
const TWO_EDITS_FROM = 8

/** Edits (insert, delete, replace, swap of neighbours) that a word of the query may be away from a word of a message. */
export const toleratedEdits = (word: string): 0 | 1 | 2 => {
  const { length } = [...word]
  if (length < ONE_EDIT_FROM) return 0
  return length < TWO_EDITS_FROM ? 1 : 2
}

/** Optimal string alignment distance by code points, or more than `most`. */
const distance = (one: ReadonlyArray<string>, other: ReadonlyArray<string>, most: number): number => {
  let beforeLast: ReadonlyArray<number> = []
  let last: ReadonlyArray<number> = other.map((_, at) => at).concat(other.length)
  for (const [row, letter] of one.entries()) {
    const next = [row + 1]
    for (const [column, against] of other.entries()) {
      const replaced = (last[column] ?? 0) + (letter === against ? 0 : 1)
      const swapped = column > 0 && row > 0 && letter === other[column - 1] && one[row - 1] === against ? (beforeLast[column - 1] ?? 0) + 1 : replaced
      next.push(Math.min(replaced, swapped, (last[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1))
    }
    if (Math.min(...next) > most) return most + 1
    beforeLast = last
    last = next
  }
  return last[other.length] ?? most + 1
}

/** Whether a message's word may be what was meant: within the tolerated edits, and the first character is never wrong. */
export const isMeant = (asked: string, word: string): boolean => {
  if (asked === word) return true
  const most = toleratedEdits(asked)
  const one = [...asked]
  const other = [...word]
  return most > 0 && one[0] === other[0] && Math.abs(one.length - other.length) <= most && distance(one, other, most) <= most
}
