/** Every limit and time of the client in one table; each can be set for a client. */
export const clientLimits = {
  commandsQueued: 10_000,
  readMarkersQueued: 10_000,
  mutesQueued: 1_000,
  /** How many of the last notifications are known again when they come again. */
  notificationIds: 10_000,
  inFlightPerConversation: 32,
  /** Commands and read markers together: less than the gateway lets one socket have under way. */
  inFlight: 64,
  /** How often the first command of a conversation is numbered anew, as the server says, before it is refused. */
  renumberings: 8,
  /** Reconnects in search of the events of one gap, before the application is told to read again. */
  reconnectsPerGap: 3,
  /** Access tokens refused in a row, without a live session in between, before the client stops. */
  tokensRefused: 5,
  /** That somebody writes in a conversation is said at most so often. */
  typingEveryMs: 3_000,
  /** How far a conversation has reached the device is said at most so often. */
  deliveredEveryMs: 1_000,
  backoffBaseMs: 250,
  backoffCapMs: 30_000,
  /** From asking for the token to `welcome`. */
  connectWithinMs: 15_000,
  /** Until `welcome` says otherwise. */
  heartbeatMs: 30_000,
  deadAfterMs: 75_000,
  closeWithinMs: 1_000,
}

export type ClientLimits = Readonly<typeof clientLimits>
