/** A line on standard output: what a command answers. Everything else (progress, warnings) goes to standard error. */
export const print = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

/** Prints each line. */
export const printAll = (lines: ReadonlyArray<string>): void => { lines.forEach(print) }
