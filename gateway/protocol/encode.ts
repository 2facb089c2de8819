import type { DeliveredEvent } from '../../events/wire/answers.js'
import type { ServerFrame } from '../../events/wire/frames.js'

/** The text of a frame for one socket. */
export const frameText = (frame: ServerFrame): string => JSON.stringify(frame)

/** The bytes of an event's frame, made once and shared by every socket that it goes to. */
export const eventFrame = (event: DeliveredEvent): Uint8Array => Buffer.from(frameText({ type: 'event', event }), 'utf8')

export const pingFrame = frameText({ type: 'ping' })
export const pongFrame = frameText({ type: 'pong' })
