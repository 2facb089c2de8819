import { execFile, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { cached } from '../cache.js'

const run = promisify(execFile)

const PACKAGES = ['redis-server', 'redis-tools', 'libjemalloc2', 'liblzf1', 'libatomic1']
const OLDEST_MAJOR = 7

export interface RedisProgram { readonly path: string; readonly environment: NodeJS.ProcessEnv }

const onPath = (): RedisProgram | undefined => {
  const { stdout } = spawnSync('redis-server', ['--version'], { encoding: 'utf8' })
  const major = Number(/v=(\d+)\./.exec(stdout ?? '')?.[1] ?? 0)
  return major >= OLDEST_MAJOR ? { path: 'redis-server', environment: {} } : undefined
}

// apt-get checks the signatures; nothing is installed, and no service is enabled.
const download = async (into: string): Promise<void> => {
  const downloads = mkdtempSync(join(tmpdir(), 'tidings-apt-'))
  const fetch = () => run('apt-get', ['download', '-qq', ...PACKAGES], { cwd: downloads })
  try {
    await fetch().catch(async () => {
      await run('apt-get', ['update', '-qq'])
      await fetch()
    })
    mkdirSync(into)
    for (const name of readdirSync(downloads)) await run('dpkg', ['-x', join(downloads, name), into])
  } finally {
    rmSync(downloads, { recursive: true, force: true })
  }
}

const libraryFolders = (folder: string): string => {
  const libraries = join(folder, 'usr', 'lib')
  return [libraries, ...readdirSync(libraries).map((name) => join(libraries, name))].join(':')
}

/** `redis-server` from the PATH, else unpacked from this Debian's packages. Rejects with what is missing. */
export const redisProgram = async (): Promise<RedisProgram> => {
  const installed = onPath()
  if (installed !== undefined) return installed
  if (!existsSync('/usr/bin/apt-get')) throw new Error(`no redis-server ${OLDEST_MAJOR} or later on the PATH, and no apt-get to fetch one`)
  const folder = await cached('redis', download).catch((error: unknown) => {
    throw new Error('no redis-server on the PATH, and apt-get download did not work', { cause: error })
  })
  return { path: join(folder, 'usr', 'bin', 'redis-server'), environment: { LD_LIBRARY_PATH: libraryFolders(folder) } }
}
