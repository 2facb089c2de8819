import { connectClient, type TidingsClient } from '../../client/index.js'
import type { DeliveredEvent } from '../../events/wire/answers.js'
import { newId } from '../../platform/identifiers.js'
import type { ServerProcess } from './server-process.js'

/** Someone with an account of the built-in issuer and a device, over the public interfaces only. */
export interface Person {
  readonly account: string
  readonly device: string
  readonly token: string
  readonly heard: ReadonlyArray<DeliveredEvent>
  readonly client: TidingsClient
  readonly get: (path: string) => Promise<Response>
  readonly post: (path: string, body: unknown) => Promise<Response>
}

interface Tokens {
  readonly account: string
  readonly accessToken: string
}

const json = { 'content-type': 'application/json' }

/** Signs up, or in when the handle is there already; registers a device and opens its socket. */
export const signedUp = async ({ api, sockets }: Pick<ServerProcess, 'api' | 'sockets'>, profile: { readonly handle: string; readonly name?: string; readonly email?: string }): Promise<Person> => {
  const body = { name: profile.handle, ...profile, password: `${profile.handle}: correct horse battery` }
  const answer = await fetch(`${api}/v1/auth/sign-up`, { method: 'POST', headers: json, body: JSON.stringify(body) })
  if (!answer.ok) throw new Error(await answer.text())
  const { account, accessToken: token } = (await answer.json()) as Tokens
  const device = newId()
  const headers = { authorization: `Bearer ${token}`, 'tidings-device': device }
  const get = (path: string) => fetch(`${api}${path}`, { headers })
  const post = (path: string, command: unknown) => fetch(`${api}${path}`, { method: 'POST', headers: { ...headers, ...json }, body: JSON.stringify(command) })
  const registered = await post('/v1/account/commands', { type: 'RegisterDevice', deviceId: device })
  if (!registered.ok) throw new Error(await registered.text())
  const heard: DeliveredEvent[] = []
  const client = connectClient({ url: sockets, device, token: async () => token, handlers: { onEvent: (event) => { heard.push(event) } } })
  await client.live()
  return { account, device, token, heard, client, get, post }
}
