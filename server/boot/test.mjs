import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { build } from './build.mjs'
import { ensure, root } from './ensure.mjs'

const INTERRUPTED = 130

let running
const launch = (program, args, shell = false) =>
  new Promise((resolve) => {
    running = spawn(program, args, { cwd: root, stdio: 'inherit', shell })
    running.once('error', (error) => {
      console.error(error.message)
      resolve(1)
    })
    running.once('exit', (code) => resolve(code ?? INTERRUPTED))
  })

const script = (name) => launch('npm', ['run', '--silent', name], process.platform === 'win32')

const counts = (path) => {
  const report = JSON.parse(readFileSync(path, 'utf8'))
  // A file that could not be loaded has no tests to count, and is no success either.
  const unloaded = report.testResults.filter(({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0)
  const skipped = report.numPendingTests + report.numTodoTests
  return `${report.numPassedTests} passed, ${report.numFailedTests + unloaded.length} failed, ${skipped} skipped`
}

let summary
const vitest = async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tidings-report-'))
  const report = join(folder, 'report.json')
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  try {
    const program = join(root, 'node_modules', 'vitest', 'vitest.mjs')
    const code = await launch(process.execPath, [program, 'run', ...reporters, ...process.argv.slice(2)])
    summary = counts(report)
    return code
  } catch {
    console.error('vitest ended without a report')
    return 1
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

// An interrupt typed at the terminal reaches the running stage by itself: it cleans up, and this process reports its result.
process.on('SIGINT', () => undefined)
process.on('SIGTERM', () => running?.kill('SIGTERM'))

const written = async () => {
  await build()
  return 0
}

const stages = [
  ['build', written], ['types', () => script('typecheck')], ['lint', () => script('lint')], ['imports', () => script('imports')],
  ['tests', vitest],
]

ensure()
for (const [name, stage] of stages) {
  const began = performance.now()
  console.log(`── ${name}`)
  const code = await stage().catch((error) => {
    console.error(error.message)
    return 1
  })
  console.log(`── ${name}: ${code === 0 ? 'good' : 'FAILED'} after ${((performance.now() - began) / 1000).toFixed(1)} s`)
  if (code !== 0) {
    process.exitCode = code
    break
  }
}
if (summary !== undefined) console.log(summary)
