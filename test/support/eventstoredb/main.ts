import { parseArgs } from 'node:util'
import { startEventStoreDbStandIn } from './server.js'

const { values } = parseArgs({ options: { port: { type: 'string' }, directory: { type: 'string' } } })
const standIn = await startEventStoreDbStandIn({
  port: Number(values.port ?? 0),
  ...(values.directory === undefined ? {} : { directory: values.directory }),
})
process.stdout.write(`${standIn.url}\n`)
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void standIn.stop().then(() => process.exit(0)))
