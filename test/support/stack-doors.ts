import { application } from '../../adapters/http/application.js'
import { commandRoutes, type Caller } from '../../command-side/index.js'
import type { ServerFrame } from '../../events/wire/frames.js'
import { createLogger } from '../../platform/logging.js'
import { unlimited } from '../../platform/rate-limiter.js'
import { queryRoutes } from '../../read-side/api/routes.js'
import { searchRoutes } from '../../read-side/api/search-routes.js'
import { storyRoutes } from '../../read-side/api/story-routes.js'
import { tokenFor, tokenReader, type GatewayStack } from './gateway-stack.js'
import { until } from './until.js'

export interface Told {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: unknown
}

/** The HTTP interface over the memory stack, without a network in between. */
export const httpOver = async ({ forClients: { commandSide, readSide, stories, search } }: GatewayStack) => {
  const { app, mountRoutes } = await application([...commandRoutes(commandSide), ...queryRoutes(readSide), ...storyRoutes(stories), ...searchRoutes(search)], {
    authenticator: tokenReader(new Set()), rateLimiter: unlimited, logger: createLogger('silent'),
  })
  mountRoutes()
  return {
    ask: async ({ account, device }: Caller, method: 'GET' | 'POST', url: string, body?: object): Promise<Told> => {
      const { statusCode, headers, payload } = await app.inject({
        method, url, headers: { authorization: `Bearer ${tokenFor(account)}`, 'tidings-device': device }, ...(body === undefined ? {} : { payload: body }),
      })
      return { status: statusCode, headers: { ...headers, date: undefined }, body: payload === '' ? '' : (JSON.parse(payload) as unknown) }
    },
    close: () => app.close(),
  }
}

/** A socket that has caught up, and every frame that came. */
export const socketOver = async ({ sockets }: GatewayStack, { account, device }: Caller) => {
  const client = await sockets.connect({ authorization: `Bearer ${tokenFor(account)}` })
  client.send(JSON.stringify({ type: 'hello', device }))
  const frames = (): ReadonlyArray<ServerFrame> => client.frames.map((text) => JSON.parse(text) as ServerFrame)
  await until(() => frames().some(({ type }) => type === 'caught_up'))
  return { frames, say: (frame: object) => { client.send(JSON.stringify(frame)) }, leave: client.close }
}
