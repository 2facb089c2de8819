import { Command } from 'commander'
import * as O from 'fp-ts/lib/Option.js'
import type { StreamName } from '../../events/event-store.js'
import { parseStream } from '../../events/streams.js'
import { eventLine, verifyLog, wholeStream } from './log.js'
import { print } from './print.js'
import { Refused, withFoundation } from './session.js'

type ConfigFile = () => string | undefined

const read = (configFile: ConfigFile, name: string): Promise<void> => {
  if (O.isNone(parseStream(name))) throw new Refused(`${name} is no stream of ours: they are named like conversation-<id>, account-<id>, receipts-<id>`)
  return withFoundation(configFile(), async ({ eventStore }) => {
    for await (const event of wholeStream(eventStore, name as StreamName)) print(eventLine(event))
  })
}

const verify = (configFile: ConfigFile): Promise<void> =>
  withFoundation(configFile(), async ({ eventStore }) => {
    const { streams, events, breaks } = await verifyLog(eventStore, () => undefined)
    for (const found of breaks) print(JSON.stringify(found, (_, value: unknown) => (typeof value === 'bigint' ? Number(value) : value)))
    print(`${events.toLocaleString('en')} events in ${streams.toLocaleString('en')} streams: ${breaks.length === 0 ? 'every chain holds' : `${breaks.length} broken`}`)
    if (breaks.length > 0) process.exitCode = 1
  })

/** `tidings log read <stream>` · `tidings log verify` */
export const logCommands = (configFile: ConfigFile): ReadonlyArray<Command> => [
  new Command('log')
    .description('the event log')
    .addCommand(new Command('read').argument('<stream>').description("print a stream's events, one JSON line each").action((name: string) => read(configFile, name)))
    .addCommand(new Command('verify').description('check revisions and hash chain of every stream; exits 1 on a break').action(() => verify(configFile))),
]
