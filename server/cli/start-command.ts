import { Command } from 'commander'
import { createLogger } from '../../platform/logging.js'
import { createShutdown, stopOnSignals } from '../../platform/shutdown.js'
import { startProcess, type RunningProcess } from '../composition/process.js'
import type { Settings } from '../configuration/settings.js'
import { printAll } from './print.js'
import { Refused, settingsFor } from './session.js'

const firstThing = (api: string): ReadonlyArray<string> => [
  'A first thing to try, in a second terminal:',
  `  curl -s ${api}/v1/auth/sign-up -H 'content-type: application/json' -d '{"handle":"ada","name":"Ada","password":"correct horse battery"}'`,
  'It answers an access token; every command and query, to be tried from the browser, is on the page below.',
]

/** What a person at the terminal needs next; nothing where logs are read by machines only. */
const greeting = (settings: Settings, { httpPort, socketPort, database }: RunningProcess): ReadonlyArray<string> => {
  const secure = settings.tlsCertificateFile !== ''
  const api = `${secure ? 'https' : 'http'}://${settings.httpHost}:${httpPort}`
  const isApi = settings.roles.includes('api')
  return [
    '', `Tidings is ready (profile ${settings.profile}, roles ${settings.roles.join(', ')}).`,
    `  database  ${database}`,
    ...(isApi ? [`  API       ${api}/v1`, `  its page  ${api}/docs`] : []),
    ...(socketPort === undefined ? [] : [`  sockets   ${secure ? 'wss' : 'ws'}://${settings.socketHost}:${socketPort}   (docs/protocol.md)`]),
    `  health    ${api}/healthz · ${api}/readyz · ${api}/metrics`,
    '', ...(isApi && settings.builtInIssuer ? [...firstThing(api), ''] : []), 'Ctrl-C stops it; data stays.', '',
  ]
}

/** The reason without its stack: what stands in the way is outside of this program. */
const whyNot = (error: unknown): string => (error instanceof Error ? error.message : String(error))

const start = async (configFile: string | undefined): Promise<void> => {
  const settings = settingsFor(configFile)
  const logger = createLogger(settings.logLevel)
  const shutdown = createShutdown(logger)
  stopOnSignals(shutdown, logger)
  try {
    const running = await startProcess(settings, logger, shutdown)
    logger.info({ roles: settings.roles, http: running.httpPort, sockets: running.socketPort }, 'ready')
    if (process.stdout.isTTY || settings.logLevel === 'info') printAll(greeting(settings, running))
  } catch (error) {
    logger.error({ error }, 'could not start')
    await shutdown.stop('could not start')
    throw new Refused(`could not start: ${whyNot(error)}`)
  }
}

/** `tidings start` */
export const startCommand = (configFile: () => string | undefined): Command =>
  new Command('start').description('run the configured roles until Ctrl-C').action(() => start(configFile()))
