#!/usr/bin/env node
import { run } from './run.mjs'

await run('server/cli/main.js', process.argv.slice(2))
