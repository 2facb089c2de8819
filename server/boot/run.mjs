import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from './build.mjs'
import { ensure, root } from './ensure.mjs'

/**
 * Installs and builds what is missing, then runs a program of dist/ in this very process, as if node had been started with
 * it: its signals and its exit code are the process's own.
 */
export const run = async (program, args) => {
  ensure()
  await build()
  const path = join(root, 'dist', program)
  if (!existsSync(path)) {
    console.error(`tidings: there is no ${program.replace(/\.js$/, '.ts')}`)
    process.exit(1)
  }
  process.setSourceMapsEnabled(true)
  process.argv = [process.argv[0], path, ...args]
  await import(pathToFileURL(path).href)
}
