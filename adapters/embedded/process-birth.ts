import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** A process that cannot be confused with a later one that was given the same number. */
export interface ProcessIdentity { readonly pid: number; readonly birth: string }

const birthFromProc = (pid: number): string | undefined => {
  try {
    const afterName = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
    const [state] = afterName
    // A zombie has ended; only its parent has not asked for the result yet.
    return state === 'Z' || state === 'X' ? undefined : afterName[19]
  } catch {
    return undefined
  }
}

const birthFromPs = (pid: number): string | undefined => {
  const { stdout } = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' })
  return stdout?.trim() || undefined
}

/** When a process began, in an opaque form that is the same on every call; undefined when no such process is alive. */
export const processBirth = (pid: number): string | undefined =>
  process.platform === 'linux' ? birthFromProc(pid) : birthFromPs(pid)

/** True while the very process that was noted is alive; a reused number does not count. */
export const isAlive = ({ pid, birth }: ProcessIdentity): boolean => processBirth(pid) === birth
