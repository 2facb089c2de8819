/** Every bound and interval of the gateway; docs/protocol.md lists them and a test holds the two together. */
export const gatewayLimits = {
  helloWithinMs: 10_000,
  heartbeatMs: 30_000,
  deadAfterMs: 75_000,
  tokenCheckMs: 3_000,
  waitingFrames: 10_000,
  waitingBytes: 8 * 1024 * 1024,
  commandsUnderWay: 1_000,
  commandBytesUnderWay: 4 * 1024 * 1024,
  malformedFrames: 16,
  reconnectSpreadMs: 5_000,
  syncWhenIdleMs: 1_000,
  syncAtMostMs: 4_000,
  syncRefreshMs: 10 * 60_000,
} as const

/** Inner measures that no client sees. */
export const innerLimits = {
  sweepMs: 1_000,
  drainMs: 2_000,
  historyPageEvents: 200,
  longestHistoryPageEvents: 1_600,
  historyWaitingBytes: 512 * 1024,
  catchUpQueriesAtOnce: 8,
  lookUpsAtOnce: 4,
  keptBackEvents: 20_000,
  keptBackBytes: 32 * 1024 * 1024,
  queuedEvents: 50_000,
  turnEvents: 2_000,
  deliverAtOnce: 500,
  rangeAtOnce: 500,
  headsAtOnce: 1_000,
  firstRetryMs: 50,
  longestRetryMs: 2_000,
  tokenIdsAtOnce: 1_000,
  probeMs: 5_000,
  lookUpSlotMs: 1_000,
} as const
