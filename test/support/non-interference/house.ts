import type { ServerFrame } from '../../../events/wire/frames.js'
import { gatewayStack } from '../gateway-stack.js'
import { httpOver, socketOver } from '../stack-doors.js'
import { storiesStack, type Someone } from '../stories-stack.js'
import { callerOf, everyone, handleOf, type Person } from './cast.js'

export interface Socket {
  readonly frames: () => ReadonlyArray<ServerFrame>
  readonly say: (frame: object) => void
  readonly leave: () => void
}

/** A deployment in which everybody of the cast has an account, as they meet it. */
export interface House {
  readonly request: (who: Person, method: 'GET' | 'POST', url: string, body?: object) => Promise<{ readonly status: number; readonly body: unknown }>
  readonly setNow: (milliseconds: number) => void
  /** What comes over a socket; undefined where there are none. */
  readonly listen: (who: Person) => Promise<Socket | undefined>
  readonly close: () => Promise<void>
}

/** The whole memory stack. One partition: what comes last in the log comes last over the sockets too. */
export const memoryHouse = async (began: number): Promise<House> => {
  let now = began
  const stack = await gatewayStack(1, () => now)
  const http = await httpOver(stack)
  const request: House['request'] = (who, method, url, body) => http.ask(callerOf(who), method, url, body)
  for (const who of everyone) {
    await request(who, 'POST', '/v1/account/commands', { type: 'RegisterAccount', profile: { handle: handleOf(who), name: handleOf(who) } })
    await request(who, 'POST', '/v1/account/commands', { type: 'RegisterDevice', deviceId: callerOf(who).device })
  }
  return {
    request,
    setNow: (milliseconds) => { now = milliseconds },
    listen: (who) => socketOver(stack, callerOf(who)),
    close: async () => {
      await http.close()
      await stack.close()
    },
  }
}

/** Commands and queries on a real Postgres, by real HTTP; without search and sockets. */
export const postgresHouse = async (began: number): Promise<House> => {
  const stack = await storiesStack(began)
  const people = new Map<Person, Someone>()
  for (const who of everyone) people.set(who, await stack.person(handleOf(who), callerOf(who).account))
  const of = (who: Person): Someone => people.get(who) ?? stack.anonymous
  return {
    request: (who, method, url, body) => (method === 'GET' ? of(who).get(url) : of(who).post(url, body)),
    setNow: stack.at,
    listen: async () => undefined,
    close: stack.close,
  }
}
