import * as E from 'fp-ts/lib/Either.js'
import { createLogger } from '../../platform/logging.js'
import { createShutdown, type Shutdown } from '../../platform/shutdown.js'
import { openFoundation, type Foundation } from '../composition/foundation.js'
import { loadSettings } from '../configuration/load-settings.js'
import type { Settings } from '../configuration/settings.js'

/** Something the person at the terminal has to put right; printed without a stack. */
export class Refused extends Error {
  override readonly name = 'Refused'
}

/** Settings of this command, or a refusal that lists every reason. */
export const settingsFor = (configFile: string | undefined): Settings => {
  const loaded = loadSettings(process.env, configFile)
  if (E.isRight(loaded)) return loaded.right.values
  throw new Refused(['the configuration will not do:', ...loaded.left.reasons.map((reason) => `  ${reason}`)].join('\n'))
}

/** Runs an operator's command on the log, the keys and the database, beside running processes or alone. */
export const withFoundation = async <A>(configFile: string | undefined, use: (foundation: Foundation, settings: Settings, shutdown: Shutdown) => Promise<A>): Promise<A> => {
  const settings = settingsFor(configFile)
  const shutdown = createShutdown(createLogger('silent'))
  try {
    return await use(await openFoundation(settings, shutdown), settings, shutdown)
  } finally {
    await shutdown.stop('done')
  }
}
