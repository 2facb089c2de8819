import { run } from './run.mjs'

await run('server/cli/main.js', ['start', ...process.argv.slice(2)])
