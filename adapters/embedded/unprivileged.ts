import { chownSync, mkdirSync, readlinkSync, realpathSync, statSync, symlinkSync } from 'node:fs'
import { randomUUID } from 'node:crypto'
import { dirname, join, resolve } from 'node:path'

/** The user that a server runs as when we are root: Postgres (and Elasticsearch) refuse to run as root. Empty otherwise. */
export interface ServerUser { readonly uid?: number; readonly gid?: number }

const NOBODY = 65534
const OTHERS_MAY_ENTER = 0o001
const ROOT_STATE_FOLDER = '/var/lib/tidings'

export const serverUser = (): ServerUser => (process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {})

/** Whether the server's user can walk to this existing path: every folder above lets others enter. */
export const reachable = (path: string): boolean => {
  const folder = dirname(path)
  const open = process.getuid?.() !== 0 || (statSync(folder).mode & OTHERS_MAY_ENTER) !== 0
  return open && (folder === path || reachable(folder))
}

const linkTarget = (path: string): string | undefined => {
  try {
    return readlinkSync(path)
  } catch {
    return undefined
  }
}

const owned = (path: string, user: ServerUser): string => {
  mkdirSync(path, { recursive: true, mode: 0o700 })
  if (user.uid !== undefined && user.gid !== undefined) chownSync(path, user.uid, user.gid)
  return realpathSync(path)
}

/**
 * Makes `<directory>/data` for the server's user and answers where it really is. As root below a closed home it is a link
 * to a folder under /var/lib/tidings, since the server could not reach it otherwise. Idempotent.
 */
export const dataFolder = (directory: string): string => {
  mkdirSync(directory, { recursive: true, mode: 0o711 })
  const user = serverUser()
  const path = join(resolve(directory), 'data')
  const linked = linkTarget(path)
  if (linked !== undefined) return owned(linked, user)
  if (reachable(path)) return owned(path, user)
  mkdirSync(ROOT_STATE_FOLDER, { recursive: true, mode: 0o711 })
  const elsewhere = join(ROOT_STATE_FOLDER, `postgres-${randomUUID()}`)
  symlinkSync(elsewhere, path)
  return owned(elsewhere, user)
}
