import pRetry, { AbortError } from 'p-retry'
import type { AccountCommand } from '../../events/wire/commands.js'
import type { SearchPage } from '../../read-side/search/views.js'
import type { AskSearch } from './search/search.js'
import type { Ask } from './verify.js'

const retry = { retries: 60, minTimeout: 50, maxTimeout: 1_000, factor: 1.5 }
const requestTimeoutMs = 10_000

/** Calls again while the server is away or busy: a killed process comes back. Other refusals reject with their problem. */
const call = (url: string, init: RequestInit): Promise<unknown> =>
  pRetry(async () => {
    const answer = await fetch(url, { ...init, signal: AbortSignal.timeout(requestTimeoutMs) })
    if (answer.ok) return answer.json()
    const problem = `${init.method ?? 'GET'} ${new URL(url).pathname}: ${answer.status} ${await answer.text()}`
    throw answer.status >= 500 || answer.status === 429 ? new Error(problem) : new AbortError(problem)
  }, retry)

/** The HTTP API as the demo's people use it. */
export interface Api {
  readonly ask: Ask
  readonly account: (token: string, command: AccountCommand) => Promise<unknown>
  readonly search: AskSearch
}

const posted = (token: string, body: unknown): RequestInit =>
  ({ method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, body: JSON.stringify(body) })

export const apiAt = (address: string): Api => ({
  ask: (path, token, device) => call(`${address}${path}`, { headers: { authorization: `Bearer ${token}`, 'tidings-device': device } }),
  account: (token, command) => call(`${address}/v1/account/commands`, posted(token, command)),
  search: async ({ token }, asked) => (await call(`${address}/v1/search`, posted(token, asked))) as SearchPage,
})
