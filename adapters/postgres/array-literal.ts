type Item = string | number | boolean | undefined

/**
 * A Postgres array of ids, names and numbers: text that needs no quoting (letters, digits, `_ - / :`), `undefined` as
 * NULL. Written here because the driver quotes element by element.
 */
export const arrayOf = (items: ReadonlyArray<Item>): string => `{${items.map((item) => item ?? 'NULL').join(',')}}`

/** An array for each value of the rows, in their order. */
export const columns = <Row>(rows: ReadonlyArray<Row>, ...values: ReadonlyArray<(row: Row) => Item>): ReadonlyArray<string> =>
  values.map((valueOf) => arrayOf(rows.map(valueOf)))
