import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { performance } from 'node:perf_hooks'
import { pathToFileURL } from 'node:url'
import { ensure, root } from './ensure.mjs'

const FOLDERS = [
  'events', 'platform', 'command-side', 'projections', 'read-side', 'gateway', 'client', 'adapters', 'server', 'test', 'bench',
]
const ASSET = /\.(sql|lua|json)$/
const SOURCE = /(?<!\.d|\.spec)\.ts$/
const MANIFEST = join(root, 'dist', '.built.json')
// A change of these builds everything anew.
const OPTIONS = { format: 'esm', platform: 'node', target: 'node20', sourcemap: true, sourcesContent: false }

const filesBelow = (folder) =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.name === 'node_modules' || entry.name.startsWith('.')) return []
    const path = join(folder, entry.name)
    return entry.isDirectory() ? filesBelow(path) : [path]
  })

const present = () => {
  const all = FOLDERS.map((folder) => join(root, folder)).filter((folder) => existsSync(folder)).flatMap(filesBelow)
  const wanted = all.map((path) => relative(root, path)).filter((path) => SOURCE.test(path) || ASSET.test(path))
  const marks = wanted.map((path) => {
    const { mtimeMs, size } = statSync(join(root, path))
    return [path, `${mtimeMs}:${size}`]
  })
  return Object.fromEntries(marks)
}

const lastBuild = () => {
  try {
    const { options, files } = JSON.parse(readFileSync(MANIFEST, 'utf8'))
    return options === JSON.stringify(OPTIONS) ? files : {}
  } catch {
    return {}
  }
}

const outputOf = (path) => join(root, 'dist', path.replace(/\.ts$/, '.js'))

// Renamed into place: another process may be building or running the same files.
const put = (path, write) => {
  mkdirSync(dirname(path), { recursive: true })
  const unfinished = `${path}.${process.pid}`
  write(unfinished)
  renameSync(unfinished, path)
}

const transpile = async (paths) => {
  const { build: esbuild } = await import('esbuild')
  const entryPoints = paths.map((path) => join(root, path))
  const { outputFiles } = await esbuild({
    ...OPTIONS, entryPoints, outbase: root, outdir: join(root, 'dist'), bundle: false, write: false, logLevel: 'error',
  })
  for (const { path, contents } of outputFiles) put(path, (file) => writeFileSync(file, contents))
}

/**
 * Transpiles every source file that changed since the last build, one to one, to dist/, and copies .sql, .lua and .json
 * beside them; what lost its source is removed. Answers how many files were written. Types are checked elsewhere.
 */
export const build = async () => {
  const [before, now] = [lastBuild(), present()]
  const changed = Object.keys(now).filter((path) => before[path] !== now[path] || !existsSync(outputOf(path)))
  const gone = Object.keys(before).filter((path) => !(path in now))
  if (changed.length + gone.length === 0) return 0
  for (const path of gone) for (const suffix of ['', '.map']) rmSync(outputOf(path) + suffix, { force: true })
  const sources = changed.filter((path) => SOURCE.test(path))
  if (sources.length > 0) await transpile(sources)
  for (const path of changed) if (ASSET.test(path)) put(outputOf(path), (file) => copyFileSync(join(root, path), file))
  put(MANIFEST, (file) => writeFileSync(file, JSON.stringify({ options: JSON.stringify(OPTIONS), files: now })))
  return changed.length
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  ensure()
  const began = performance.now()
  const written = await build()
  console.log(written === 0 ? 'dist is up to date' : `built ${written} files in ${Math.round(performance.now() - began)} ms`)
}
