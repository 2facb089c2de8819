import { pino, stdTimeFunctions, type DestinationStream } from 'pino'

/** Where product code writes its log lines: fields first, then what happened in plain words. Never content or tokens. */
export interface Logger {
  readonly debug: (fields: object, message: string) => void
  readonly info: (fields: object, message: string) => void
  readonly warn: (fields: object, message: string) => void
  readonly error: (fields: object, message: string) => void
}

export type LogLevel = 'silent' | 'error' | 'warn' | 'info' | 'debug'

const secrets = [
  'authorization', 'password', 'token', 'accessToken', 'refreshToken', 'secret', 'cookie', 'body', 'content', 'query', 'ciphertext', 'text',
]
const CAUSES = 4

/** What a log may say of a fault: its kind and where it arose. Messages are left out, since they quote what was sent. */
export interface Fault {
  readonly type: string
  readonly code?: string
  readonly frames: ReadonlyArray<string>
  readonly cause?: Fault
}

const framesOf = (error: Error): ReadonlyArray<string> =>
  (error.stack ?? '').split('\n').filter((line) => line.startsWith('    at ')).map((line) => line.trim())

/** Of an error with its causes; of anything else that was thrown, only its type. */
export const faultOf = (thrown: unknown, causes = CAUSES): Fault => {
  if (!(thrown instanceof Error)) return { type: typeof thrown, frames: [] }
  const code = 'code' in thrown && typeof thrown.code === 'string' ? { code: thrown.code } : {}
  const cause = thrown.cause === undefined || causes === 0 ? {} : { cause: faultOf(thrown.cause, causes - 1) }
  return { type: thrown.name, ...code, frames: framesOf(thrown), ...cause }
}

/**
 * JSON lines (pino), to standard output unless a destination is given. Line breaks are escaped. `error` fields are
 * written as `faultOf`; fields named like secrets or contents are struck out wherever they lie on the first two levels.
 */
export const createLogger = (level: LogLevel, destination?: DestinationStream): Logger => {
  const options = {
    level,
    base: { pid: process.pid },
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { error: (thrown: unknown) => faultOf(thrown) },
    redact: { paths: secrets.flatMap((name) => [name, `*.${name}`]), censor: '[struck out]' },
  }
  return destination === undefined ? pino(options) : pino(options, destination)
}
