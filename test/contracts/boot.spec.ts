import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const house = new URL('../../', import.meta.url).pathname

const PROGRAM = `
import { readFileSync } from 'node:fs'
const text: string = readFileSync(new URL('./greeting.sql', import.meta.url), 'utf8').trim()
if (process.argv[2] === 'wait') {
  setInterval(() => undefined, 1000)
  process.on('SIGINT', () => { process.stdout.write('stopped'); process.exit(0) })
}
process.stdout.write(\`\${text} \${process.argv.slice(2).join(' ')}\\n\`)
if (process.argv[2] === 'fail') process.exitCode = 7
`

const NPM = `#!/bin/sh
echo "npm $*" >> "$NPM_CALLS"
case "$*" in *"$NPM_FAILS_ON"*) exit 3 ;; esac
`

const VITEST = `
import { writeFileSync } from 'node:fs'
const file = process.argv.find((each) => each.startsWith('--outputFile.json='))?.split('=')[1] ?? ''
const testResults = [{ status: 'passed', assertionResults: [{}] }, { status: 'failed', assertionResults: [] }]
writeFileSync(file, JSON.stringify({ numPassedTests: 5, numFailedTests: 1, numPendingTests: 2, numTodoTests: 1, testResults }))
writeFileSync('vitest-arguments', process.argv.slice(2).join(' '))
process.exitCode = 1
`

describe('the two commands', () => {
  let root = ''
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  const read = (path: string) => readFileSync(join(root, path), 'utf8')
  const environment = (failing: string) => ({
    ...process.env, PATH: `${root}/bin${delimiter}${process.env['PATH']}`, NPM_CALLS: join(root, 'npm-calls'), NPM_FAILS_ON: failing,
  })
  const boot = (name: string, args: ReadonlyArray<string> = [], failing = 'nothing') =>
    spawnSync(process.execPath, [join(root, 'server/boot', name), ...args], { encoding: 'utf8', env: environment(failing) })

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'tidings-boot-'))
    cpSync(join(house, 'server/boot'), join(root, 'server/boot'), { recursive: true })
    write('package.json', JSON.stringify({ type: 'module', engines: { node: '>=20.19' } }))
    write('package-lock.json', JSON.stringify({ packages: { '': {}, 'node_modules/a': { version: '1.0.0' } } }))
    write('node_modules/.package-lock.json', JSON.stringify({ packages: { 'node_modules/a': { version: '1.0.0' } } }))
    for (const name of ['esbuild', '@esbuild']) symlinkSync(join(house, 'node_modules', name), join(root, 'node_modules', name))
    write('node_modules/vitest/vitest.mjs', VITEST)
    write('server/cli/main.ts', PROGRAM)
    write('server/cli/greeting.sql', 'hello')
    write('bin/npm', NPM)
    chmodSync(join(root, 'bin/npm'), 0o755)
  })
  afterEach(() => rmSync(root, { recursive: true }))

  it('Z2: start builds the program with its assets and runs it', () => {
    const { stdout, status } = boot('start.mjs', ['--port', '8080'])
    expect({ stdout, status }).toEqual({ stdout: 'hello start --port 8080\n', status: 0 })
    expect(existsSync(join(root, 'npm-calls'))).toBe(false)
  })

  it('passes the exit code through', () => {
    expect(boot('tidings.mjs', ['fail']).status).toBe(7)
  })

  it('leaves an interrupt to the program', async () => {
    const child = spawn(process.execPath, [join(root, 'server/boot/tidings.mjs'), 'wait'])
    const said: Array<string> = []
    child.stdout.on('data', (bytes: Buffer) => said.push(bytes.toString()))
    await once(child.stdout, 'data')
    child.kill('SIGINT')
    const [code] = await once(child, 'close')
    expect({ code, said: said.join('') }).toEqual({ code: 0, said: 'hello wait\nstopped' })
  })

  it('builds only what changed, and removes what lost its source', () => {
    write('events/once.ts', 'export const once = 1')
    write('events/rule.unit.spec.ts', 'throw new Error()')
    expect(boot('build.mjs').stdout).toMatch(/^built 3 files/)
    expect(boot('build.mjs').stdout).toBe('dist is up to date\n')
    write('server/cli/greeting.sql', 'good day')
    rmSync(join(root, 'events/once.ts'))
    expect(boot('build.mjs').stdout).toMatch(/^built 1 files/)
    expect(read('dist/server/cli/greeting.sql')).toBe('good day')
    expect(existsSync(join(root, 'dist/events/once.js'))).toBe(false)
    expect(existsSync(join(root, 'dist/events/rule.unit.spec.js'))).toBe(false)
  })

  it('Z2: installs what the lock names when it is not there, and says so', () => {
    rmSync(join(root, 'node_modules/.package-lock.json'))
    const { stderr } = boot('tidings.mjs')
    expect(stderr).toContain('installing dependencies (npm ci)')
    expect(read('npm-calls')).toMatch(/^npm ci /)
  })

  it('installs anew when the lock asks for another version', () => {
    write('package-lock.json', JSON.stringify({ packages: { 'node_modules/a': { version: '2.0.0' }, 'node_modules/b': { optional: true } } }))
    boot('tidings.mjs')
    expect(read('npm-calls')).toMatch(/^npm ci /)
  })

  it('does not go on after a failed installation', () => {
    rmSync(join(root, 'node_modules/.package-lock.json'))
    const { status, stdout, stderr } = boot('tidings.mjs', [], 'ci')
    expect({ status, stdout }).toEqual({ status: 3, stdout: '' })
    expect(stderr).toContain('npm ci failed')
  })

  it('says which Node it needs', () => {
    write('package.json', JSON.stringify({ type: 'module', engines: { node: '>=99.1' } }))
    const { status, stderr } = boot('tidings.mjs')
    expect(status).toBe(1)
    expect(stderr).toContain('Tidings needs >=99.1')
  })

  it('Z2: test runs types, lint, imports, then the tests, and ends with the counts alone on a line', () => {
    const { status, stdout } = boot('test.mjs', ['some.spec.ts'])
    expect(status).toBe(1)
    expect(read('npm-calls')).toBe('npm run --silent typecheck\nnpm run --silent lint\nnpm run --silent imports\n')
    expect(read('vitest-arguments')).toMatch(/^run .* some\.spec\.ts$/)
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('5 passed, 2 failed, 3 skipped')
  })

  it('test stops at the first stage that fails', () => {
    const { status, stdout } = boot('test.mjs', [], 'lint')
    expect(status).toBe(3)
    expect(stdout).toContain('lint: FAILED')
    expect(read('npm-calls')).not.toContain('imports')
  })
})
