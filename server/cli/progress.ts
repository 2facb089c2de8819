import { Presets, SingleBar } from 'cli-progress'

/** A progress bar on standard error; where that is no terminal, a line every tenth of the way. */
export const progressBar = (what: string) => {
  let bar: SingleBar | undefined
  let tenth = -1
  const line = (done: number, total: number) => {
    const now = total === 0 ? 10 : Math.floor((done * 10) / total)
    if (now > tenth) process.stderr.write(`${what}: ${done.toLocaleString('en')} of ${total.toLocaleString('en')}\n`)
    tenth = Math.max(tenth, now)
  }
  return {
    update: (done: number, total: number): void => {
      if (!process.stderr.isTTY) return line(done, total)
      if (bar === undefined) {
        bar = new SingleBar({ format: `${what} {bar} {percentage}% | {value}/{total} | {eta_formatted} left`, stream: process.stderr, hideCursor: true }, Presets.shades_classic)
        bar.start(total, done)
      }
      bar.setTotal(total)
      bar.update(done)
    },
    stop: (): void => bar?.stop(),
  }
}

const statusEveryMs = 500

/** Where a work stands whose end is no number: rewritten in place on a terminal, else a line now and then. */
export const statusLine = () => {
  let [shownAt, pending] = [0, false]
  return {
    update: (status: string): void => {
      if (performance.now() - shownAt < statusEveryMs) return
      shownAt = performance.now()
      pending = process.stderr.isTTY
      process.stderr.write(pending ? `\r\x1b[K${status}` : `${status}\n`)
    },
    stop: (): void => { if (pending) process.stderr.write('\n') },
  }
}
