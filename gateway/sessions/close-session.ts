import type { Outbox } from './outbox.js'
import type { Registry } from './registry.js'
import { noteDrained } from './send-steadily.js'
import type { CloseSession, Session } from './session.js'

const isClosed = ({ stage }: Session): boolean => stage === 'closed'

/** Closes in order, once; a flush at the end may find the consumer too slow, and close it for that. */
export const sessionCloser = (registry: Registry, outbox: () => Outbox): CloseSession => (session, reason) => {
  if (isClosed(session)) return
  outbox().flush(session)
  if (isClosed(session)) return
  session.stage = 'closed'
  registry.leave(session)
  session.socket.close(reason)
  noteDrained(session)
}
