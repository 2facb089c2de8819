const SWEEP_EVERY_MS = 1_000

const watched = new Set<() => void>()
let sweeping: ReturnType<typeof setInterval> | undefined

/** One timer looks after all sockets of the process: thousands of clients may live in it. */
const sweep = (): void => {
  for (const check of watched) check()
}

/** Calls `check` every second until the returned function is called. Does not hold the process open. */
const watch = (check: () => void): (() => void) => {
  watched.add(check)
  if (sweeping === undefined) {
    sweeping = setInterval(sweep, SWEEP_EVERY_MS)
    const timer: { unref?: () => void } = sweeping
    timer.unref?.()
  }
  return () => {
    watched.delete(check)
    if (watched.size > 0) return
    clearInterval(sweeping)
    sweeping = undefined
  }
}

/** Runs `onSilent` after so long without a frame, `onQuiet` when it is time to ask whether the other side is there. */
export const heartbeat = (now: () => number, connectWithinMs: number, onQuiet: () => void, onSilent: () => void) => {
  let quietMs = Number.POSITIVE_INFINITY
  let silentMs = connectWithinMs
  let heardAt = now()
  let askedAt = heardAt
  const end = watch(() => {
    const time = now()
    if (time - heardAt > silentMs) {
      onSilent()
    } else if (time - Math.max(askedAt, heardAt) >= quietMs) {
      askedAt = time
      onQuiet()
    }
  })
  return {
    end,
    heard: () => { heardAt = now() },
    agree: ({ heartbeatMs, deadAfterMs }: { readonly heartbeatMs: number; readonly deadAfterMs: number }) => {
      quietMs = heartbeatMs
      silentMs = deadAfterMs
    },
  }
}
