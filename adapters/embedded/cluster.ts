import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chownSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { postgresBinaries } from './binaries.js'
import { serverUser } from './unprivileged.js'

const run = promisify(execFile)

const PASSWORD_BYTES = 24
const MARK = 'created-by-tidings'
const passwordPath = (directory: string) => join(directory, 'password')

/** The superuser's password; undefined for a cluster that trusts every local connection. */
export const passwordOf = (directory: string): string | undefined =>
  existsSync(passwordPath(directory)) ? readFileSync(passwordPath(directory), 'utf8').trim() : undefined

const common = [
  '-U', 'postgres', '-E', 'UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C.UTF-8',
]

const initialise = async (data: string, flags: ReadonlyArray<string>): Promise<void> => {
  const options = { ...serverUser(), cwd: data, env: { PATH: process.env['PATH'], TZ: 'UTC' } }
  await run(postgresBinaries().initdb, ['-D', data, ...common, ...flags], options)
}

const initialiseDurable = async (directory: string, data: string): Promise<void> => {
  const password = randomBytes(PASSWORD_BYTES).toString('hex')
  const forServer = `${data}.password`
  const { uid, gid } = serverUser()
  writeFileSync(`${passwordPath(directory)}.new`, password, { mode: 0o600 })
  writeFileSync(forServer, password, { mode: 0o600 })
  if (uid !== undefined && gid !== undefined) chownSync(forServer, uid, gid)
  try {
    await initialise(data, ['-A', 'scram-sha-256', `--pwfile=${forServer}`])
    renameSync(`${passwordPath(directory)}.new`, passwordPath(directory))
  } finally {
    rmSync(forServer, { force: true })
  }
}

// A folder that a server ever ran on is never emptied, whatever became of our mark.
const isComplete = (data: string): boolean => existsSync(join(data, MARK)) || existsSync(join(data, 'postmaster.opts'))

/** Makes the database cluster in an empty data folder; leaves a complete one as it is. An interrupted attempt is begun anew. */
export const createCluster = async (place: { directory: string; data: string }, durable: boolean): Promise<void> => {
  if (isComplete(place.data)) return
  for (const name of readdirSync(place.data)) rmSync(join(place.data, name), { recursive: true })
  await (durable ? initialiseDurable(place.directory, place.data) : initialise(place.data, ['-A', 'trust', '--no-sync']))
  writeFileSync(join(place.data, MARK), '')
}
