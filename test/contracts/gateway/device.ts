import * as E from 'fp-ts/lib/Either.js'
import { Compile } from 'typebox/compile'
import { expect } from 'vitest'
import type { MemoryClient, MemorySocketServer } from '../../../adapters/memory/socket-server.js'
import type { Caller } from '../../../command-side/index.js'
import type { Position } from '../../../events/event-store.js'
import type { DeliveredEvent } from '../../../events/wire/answers.js'
import { serverFrames, type ServerFrame } from '../../../events/wire/frames.js'
import type { ReadSide } from '../../../read-side/index.js'
import { tokenFor } from '../../support/gateway-stack.js'
import { until } from '../../support/until.js'

const validators = new Map(Object.entries(serverFrames).map(([type, schema]) => [type, Compile(schema)]))

/** G4: every frame that any test receives is checked against its schema. */
const checked = (text: string): ServerFrame => {
  const frame = JSON.parse(text) as ServerFrame
  const validator = validators.get(frame.type)
  if (validator?.Check(frame) !== true) throw new Error(`not as the schema says: ${text.slice(0, 500)}`)
  return frame
}

/** One socket of a device: what arrived on it, in order. */
export interface Line {
  readonly client: MemoryClient
  readonly frames: ReadonlyArray<ServerFrame>
  readonly ofType: <T extends ServerFrame['type']>(type: T) => ReadonlyArray<Extract<ServerFrame, { readonly type: T }>>
  readonly say: (frame: object) => void
  readonly caughtUp: () => Promise<void>
}

export const lineOver = (client: MemoryClient, onFrame: (frame: ServerFrame, line: Line) => void = () => undefined): Line => {
  const frames: ServerFrame[] = []
  const line: Line = {
    client, frames,
    ofType: (type) => frames.filter((frame): frame is Extract<ServerFrame, { readonly type: typeof type }> => frame.type === type),
    say: (frame) => { client.send(JSON.stringify(frame)) },
    caughtUp: () => until(() => frames.some(({ type }) => type === 'caught_up')),
  }
  const take = (text: string): void => {
    const frame = checked(text)
    frames.push(frame)
    if (frame.type === 'ping') line.say({ type: 'pong' })
    onFrame(frame, line)
  }
  // A server may speak first.
  client.frames.forEach(take)
  client.onFrame(take)
  return line
}

/**
 * A device as a well-behaved client is: it keeps the last sync token, drops what it has by sequence, and minds what
 * comes too early: `wrong` lists every event that did not continue its conversation.
 */
export interface Device {
  readonly caller: Caller
  readonly events: ReadonlyArray<DeliveredEvent>
  readonly doubled: () => number
  readonly wrong: ReadonlyArray<string>
  readonly sequencesOf: (conversation: string) => ReadonlyArray<number>
  readonly sync: () => string | undefined
  /** Opens a line from the last token; the one before is left as it is. */
  readonly open: (options?: { readonly onFrame?: (frame: ServerFrame, line: Line) => void }) => Promise<Line>
}

export const deviceOf = (sockets: Pick<MemorySocketServer, 'connect'>, caller: Caller): Device => {
  const [events, wrong, last]: [DeliveredEvent[], string[], Map<string, number>] = [[], [], new Map()]
  let [sync, doubled]: [string | undefined, number] = [undefined, 0]

  const take = (event: DeliveredEvent): void => {
    const before = last.get(event.conversation)
    if (before !== undefined && event.sequence <= before) {
      doubled += 1
      return
    }
    if (before !== undefined && event.sequence !== before + 1) wrong.push(`${event.conversation}: ${event.sequence} after ${before}`)
    last.set(event.conversation, event.sequence)
    events.push(event)
  }
  return {
    caller, events, wrong,
    doubled: () => doubled,
    sequencesOf: (conversation) => events.filter((event) => event.conversation === conversation).map(({ sequence }) => sequence),
    sync: () => sync,
    open: async ({ onFrame } = {}) => {
      const client = await sockets.connect({ authorization: `Bearer ${tokenFor(caller.account)}` })
      const line = lineOver(client, (frame, self) => {
        if (frame.type === 'event') take(frame.event)
        if (frame.type === 'caught_up' || frame.type === 'sync') sync = frame.sync
        onFrame?.(frame, self)
      })
      line.say({ type: 'hello', device: caller.device, ...(sync === undefined ? {} : { sync }) })
      return line
    },
  }
}

export const range = (from: number, to: number): ReadonlyArray<number> => Array.from({ length: to - from + 1 }, (_, at) => from + at)

/** Waits until the device has exactly these sequences of the conversation; fails with what it has. */
export const expectSequences = async (device: Device, conversation: string, sequences: ReadonlyArray<number>): Promise<void> => {
  await until(() => device.sequencesOf(conversation).length >= sequences.length).catch(() => undefined)
  expect(device.sequencesOf(conversation)).toEqual(sequences)
  expect(device.wrong).toEqual([])
}


/** Waits until the event is in every read model, and everything before it in the log. */
export const projected = async (readSide: ReadSide, { account }: Caller, conversation: string, sequence: number): Promise<void> => {
  const find = async () => E.getOrElse((): ReadonlyArray<DeliveredEvent> => [])(await readSide.events(account, conversation, { from: sequence, limit: 1 })())
  await until(async () => (await find()).length === 1)
  const [event] = await find()
  if (event !== undefined) await until(async () => E.isRight(await readSide.waitFor(event.position as Position, 1_000)()))
}
