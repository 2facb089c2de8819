import { connectClient } from '../../../client/index.js'
import { accountIdOf } from '../../../events/ids.js'
import { newId } from '../../../platform/identifiers.js'
import type { DemoIssuer } from '../issuer.js'
import { profileOf } from '../participant.js'
import { bodyOf, doorAt, type Person } from './door.js'

/** Somebody with an account, wherever the API is. */
export interface Member {
  readonly at: (address: string) => Person
  readonly close: () => Promise<void>
}

export interface Places {
  readonly api: string
  readonly socket: string
}

/** Registers an account with a device and opens its socket. */
export const join = async ({ api, socket }: Places, issuer: DemoIssuer, subject: string, nick: string): Promise<Member> => {
  const [device, token, account] = [newId(), await issuer.tokenFor(subject), accountIdOf(issuer.issuer, subject)]
  const profile = profileOf('stories', { key: subject, nick })
  const told = new Set<string>()
  const at = (address: string): Person =>
    ({ account, handle: profile.handle, pushed: () => told, ...doorAt(address, { authorization: `Bearer ${token}`, 'tidings-device': device }) })
  const here = at(api)
  bodyOf(await here.post('/v1/account/commands', { type: 'RegisterAccount', profile }))
  bodyOf(await here.post('/v1/account/commands', { type: 'RegisterDevice', deviceId: device }))
  const client = connectClient({
    url: socket, device, token: async () => token,
    handlers: { onEvent: () => undefined, onNotification: ({ story_id: story }) => { if (story !== undefined) told.add(story) } },
  })
  await client.live()
  return { at, close: client.close }
}

/** Who has no account and no token. */
export const anonymous: Member = {
  at: (address) => ({ account: '', handle: '', pushed: () => new Set(), ...doorAt(address, {}) }),
  close: async () => undefined,
}
