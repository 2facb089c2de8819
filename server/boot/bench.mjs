import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './ensure.mjs'
import { run } from './run.mjs'

const folder = join(root, 'bench')
const [name, ...args] = process.argv.slice(2)
const known = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('.ts')).map((file) => file.replace(/\.ts$/, '')) : []

if (name === undefined || !known.includes(name)) {
  console.error(`usage: npm run bench -- <name> [options]\n${known.map((each) => `  ${each}`).join('\n')}`)
  process.exit(name === undefined ? 0 : 1)
}

await run(`bench/${name}.js`, args)
