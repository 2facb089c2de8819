import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isAlive, processBirth, type ProcessIdentity } from './process-birth.js'

/** What a running server wrote about itself into its data folder. */
export interface Postmaster { readonly pid: number; readonly port: number }

const contents = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

const isPostgres = (pid: number, data: string): boolean => {
  if (processBirth(pid) === undefined) return false
  if (process.platform !== 'linux') return true
  return contents(`/proc/${pid}/cmdline`)?.includes(data) ?? false
}

/**
 * The live server of a data folder, if there is one. A pid file whose process has ended, or whose number now belongs to
 * another program, is removed: Postgres itself would refuse to start in the second case. Its own check of the shared memory
 * still guards against a server that is alive after all.
 */
export const livePostmaster = (data: string): Postmaster | undefined => {
  const path = join(data, 'postmaster.pid')
  const [pid, , , port] = (contents(path) ?? '').split('\n').map(Number)
  if (pid === undefined || pid === 0) return undefined
  if (!isPostgres(pid, data)) {
    rmSync(path, { force: true })
    return undefined
  }
  return { pid, port: port ?? 0 }
}

const ownerPath = (directory: string) => join(directory, 'owner.json')

/** The live process that answers for stopping the server of this directory. */
export const liveOwner = (directory: string): ProcessIdentity | undefined => {
  const text = contents(ownerPath(directory))
  if (text === undefined) return undefined
  const owner: ProcessIdentity = JSON.parse(text)
  return isAlive(owner) ? owner : undefined
}

export const becomeOwner = (directory: string): void => {
  const owner: ProcessIdentity = { pid: process.pid, birth: processBirth(process.pid) ?? '' }
  writeFileSync(ownerPath(directory), JSON.stringify(owner))
}

export const resignOwner = (directory: string): void => rmSync(ownerPath(directory), { force: true })
