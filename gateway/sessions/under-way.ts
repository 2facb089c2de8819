import { gatewayLimits } from '../limits.js'
import type { Session } from './session.js'

/** Takes room for something that the session sent and that is not answered yet; false: there is none left. */
export const takeRoom = (session: Session, bytes: number): boolean => {
  if (session.underWay >= gatewayLimits.commandsUnderWay || session.underWayBytes + bytes > gatewayLimits.commandBytesUnderWay) return false
  session.underWay += 1
  session.underWayBytes += bytes
  return true
}

export const giveRoom = (session: Session, bytes: number): void => {
  session.underWay -= 1
  session.underWayBytes -= bytes
}
