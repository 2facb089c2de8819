import { uuidv7 } from 'uuidv7'

/** A new UUIDv7 (RFC 9562), increasing within this process. */
export type NewId = () => string

export const newId: NewId = uuidv7
