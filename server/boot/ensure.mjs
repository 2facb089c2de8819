import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

// No dependency may be imported here: this runs before there are any.

/** The folder that holds package.json. */
export const root = join(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '..', '..')

const say = (text) => process.stderr.write(`tidings: ${text}\n`)

/** Says why and ends the process; for what the person at the terminal has to put right. */
const giveUp = (text, code = 1) => {
  say(text)
  process.exit(code)
}

const numbers = (version) => version.replace(/^[^0-9]*/, '').split('.').map(Number)

const isOlder = (version, wanted) => {
  const [have, want] = [numbers(version), numbers(wanted)]
  const at = want.findIndex((number, index) => number !== (have[index] ?? 0))
  return at >= 0 && (have[at] ?? 0) < want[at]
}

const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'))

const checkNode = () => {
  const wanted = readJson(join(root, 'package.json')).engines?.node ?? '0'
  if (isOlder(process.version, wanted)) {
    giveUp(`this is Node ${process.version}, and Tidings needs ${wanted}. Install a newer one from https://nodejs.org and try again.`)
  }
}

// Times alone would have a fresh checkout beside good modules install again, so what is installed is compared.
const isInstalled = () => {
  const [lock, installed] = [join(root, 'package-lock.json'), join(root, 'node_modules', '.package-lock.json')]
  if (!existsSync(installed)) return false
  if (!existsSync(lock) || statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return true
  const [wanted, present] = [readJson(lock).packages, readJson(installed).packages]
  const leftOut = process.env.NODE_ENV === 'production' ? (entry) => entry.optional || entry.dev : (entry) => entry.optional
  return Object.entries(wanted).every(
    ([path, entry]) => path === '' || (leftOut(entry) && !present[path]) || present[path]?.version === entry.version,
  )
}

const install = () => {
  const command = existsSync(join(root, 'package-lock.json')) ? 'ci' : 'install'
  say(`installing dependencies (npm ${command}); this happens once and takes about a minute`)
  const options = { cwd: root, stdio: ['inherit', 2, 2], shell: process.platform === 'win32' }
  const { status, error } = spawnSync('npm', [command, '--loglevel=http', '--no-audit', '--no-fund'], options)
  if (error) giveUp(`npm could not be run: ${error.message}. It comes with Node; is it on the PATH?`)
  if (status !== 0) giveUp(`npm ${command} failed; its own words are above. Is the package registry reachable?`, status ?? 1)
  say('dependencies are installed')
}

/** Checks Node's version and installs what package-lock.json names when it is not there. Quiet when nothing is to be done. */
export const ensure = () => {
  checkNode()
  if (!isInstalled()) install()
}
