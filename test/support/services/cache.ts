import { chmodSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

const userId = process.getuid?.() ?? 0

/** What is fetched once for a machine: below `TIDINGS_CACHE`, else below the temporary folder, which every user can reach. */
export const cacheFolder = (): string => {
  const folder = process.env['TIDINGS_CACHE'] ?? join(tmpdir(), `tidings-services-${userId}`)
  mkdirSync(folder, { recursive: true, mode: 0o755 })
  if (process.getuid !== undefined && statSync(folder).uid !== userId) {
    throw new Error(`${folder} belongs to somebody else: its programs would run as ours. Set TIDINGS_CACHE to a folder of yours.`)
  }
  return folder
}

/**
 * The path of a cached file or folder, made on first use by `make(unfinished)` and moved into place when complete, so that an
 * interrupted attempt leaves nothing half done. Of two processes at once both make it and one wins.
 */
export const cached = async (name: string, make: (unfinished: string) => Promise<void>): Promise<string> => {
  const path = join(cacheFolder(), name)
  if (existsSync(path)) return path
  mkdirSync(dirname(path), { recursive: true })
  const workshop = mkdtempSync(join(cacheFolder(), 'unfinished-'))
  chmodSync(workshop, 0o755)
  try {
    const unfinished = join(workshop, 'made')
    await make(unfinished)
    if (!existsSync(path)) renameSync(unfinished, path)
  } catch (error) {
    if (!existsSync(path)) throw error
  } finally {
    rmSync(workshop, { recursive: true, force: true })
  }
  return path
}
