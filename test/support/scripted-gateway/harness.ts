import { uuidv7 } from 'uuidv7'
import { afterEach, beforeEach } from 'vitest'
import { connectClient, type ClientHandlers, type ClientLimits, type ClientOptions, type TidingsClient } from '../../../client/index.js'
import type { DeliveredEvent } from '../../../events/wire/answers.js'
import type { ConversationCommand } from '../../../events/wire/commands.js'
import { scriptedGateway, type ScriptedGateway } from './index.js'

type Opening = Partial<Omit<ClientOptions, 'handlers' | 'limits'>> & {
  readonly handlers?: Partial<ClientHandlers>
  readonly limits?: Partial<ClientLimits>
}

/** A gateway and the clients of one test, closed after it. Back-off is short so that tests wait for events, not for time. */
export const gatewayHarness = () => {
  let gateway: ScriptedGateway
  let clients: Array<TidingsClient> = []
  let heard: Array<DeliveredEvent> = []
  beforeEach(async () => {
    gateway = await scriptedGateway()
    clients = []
    heard = []
  })
  afterEach(async () => {
    await Promise.all(clients.map((client) => client.close()))
    await gateway.stop()
  })
  const begin = (options: Opening = {}): TidingsClient => {
    const client = connectClient({
      url: gateway.url,
      device: uuidv7(),
      token: () => Promise.resolve('token'),
      ...options,
      handlers: { onEvent: (event) => { heard.push(event) }, ...options.handlers },
      limits: { backoffBaseMs: 2, backoffCapMs: 16, ...options.limits },
    })
    clients.push(client)
    return client
  }
  return {
    gateway: () => gateway,
    heard: () => heard,
    begin,
    live: async (options: Opening = {}): Promise<TidingsClient> => {
      const client = begin(options)
      await client.live()
      return client
    },
  }
}

export const message = (text: string): ConversationCommand => ({ type: 'SendMessage', messageId: uuidv7(), content: { text } })

/** Texts of the messages among the events of a conversation, in their order. */
export const texts = (events: ReadonlyArray<DeliveredEvent>, conversation: string): ReadonlyArray<string> =>
  events.flatMap(({ conversation: of, content }) => (of === conversation && content !== undefined && 'text' in content ? [content.text] : []))

/** '0', '1', … as many as asked for. */
export const numerals = (count: number): ReadonlyArray<string> => Array.from({ length: count }, (_, index) => String(index))
