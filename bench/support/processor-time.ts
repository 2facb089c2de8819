import { readFileSync, readdirSync } from 'node:fs'

const TICKS_PER_SECOND = 100

interface Running {
  readonly pid: number
  readonly parent: number
  /** Seconds, of the process and of its children that have ended and were waited for. */
  readonly seconds: number
}

const textOf = (pid: number, file: string): string => {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    return ''
  }
}

const running = (pid: number): ReadonlyArray<Running> => {
  const stat = textOf(pid, 'stat')
  if (stat === '') return []
  // The name stands in brackets and may hold anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ').map(Number)
  const [parent = 0, ticks] = [fields[1], [11, 12, 13, 14].reduce((sum, at) => sum + (fields[at] ?? 0), 0)]
  return [{ pid, parent, seconds: ticks / TICKS_PER_SECOND }]
}

/** What a process does here, by its command line and the roles it was given. */
const nameOf = (pid: number): string => {
  if (pid === process.pid) return 'generator'
  const command = textOf(pid, 'cmdline').replaceAll('\0', ' ')
  if (/postgres/.test(command)) return 'Postgres'
  if (/kafka/.test(command)) return 'Kafka'
  if (/redis/.test(command)) return 'Redis'
  // The harness runs it in its own process and does nothing else meanwhile.
  if (/services\/cluster\.js/.test(command)) return 'EventStoreDB stand-in'
  if (!/cli\/main\.js/.test(command)) return 'others'
  return /TIDINGS_ROLES=([^\0]*)/.exec(textOf(pid, 'environ'))?.[1] ?? 'tidings'
}

/** Seconds of processor time that this process and those below it have used so far, by what they do. Linux. */
export const processorTime = (): ReadonlyMap<string, number> => {
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name)).flatMap((pid) => running(Number(pid)))
  const isOurs = ({ pid, parent }: Running): boolean =>
    pid === process.pid || parent === process.pid || all.some((above) => above.pid === parent && above.parent !== 0 && isOurs(above))
  const times = new Map<string, number>()
  for (const one of all.filter(isOurs)) times.set(nameOf(one.pid), (times.get(nameOf(one.pid)) ?? 0) + one.seconds)
  return times
}

/** Milliseconds of processor time for each of `operations`, by what was running between two looks, the busiest first. */
export const perOperation = (before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>, operations: number): string =>
  [...after]
    .map(([name, seconds]): [string, number] => [name, ((seconds - (before.get(name) ?? 0)) * 1_000) / operations])
    .sort(([, one], [, other]) => other - one)
    .map(([name, milliseconds]) => `${name} ${milliseconds.toFixed(2)}`)
    .join(', ')
