import { removeFolder, untilAnswers, type NativeProcess } from './native.js'
import type { Breakable } from './service.js'

export interface Launch {
  readonly url: string
  readonly folder: string
  readonly start: () => NativeProcess
  readonly check: (url: string) => Promise<void>
  readonly startTimeoutMs: number
}

/** Starts a program and gives the handles to kill, restart and stop it. Rejects, leaving nothing behind, when it does not start. */
export const launch = async ({ url, folder, start, check, startTimeoutMs }: Launch): Promise<Breakable> => {
  let server = start()
  let stopping: Promise<void> | undefined
  const ready = () => untilAnswers(server, () => check(url), startTimeoutMs)
  const stop = () => (stopping ??= server.end('SIGTERM').then(() => removeFolder(folder)))
  const kill = () => server.end('SIGKILL')
  const restart = async () => {
    await server.end('SIGTERM')
    server = start()
    await ready()
  }
  try {
    await ready()
  } catch (error) {
    await stop()
    throw error
  }
  return { url, stop, kill, restart }
}
