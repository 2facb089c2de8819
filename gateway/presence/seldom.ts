/** Lets the same thing pass once in so long. */
export interface Seldom {
  readonly mayPass: (key: string, now: number) => boolean
  /** Forgets what may pass again. */
  readonly forget: (now: number) => void
}

export const seldom = (everyMs: number): Seldom => {
  const passed = new Map<string, number>()
  return {
    mayPass: (key, now) => {
      const before = passed.get(key)
      if (before !== undefined && now - before < everyMs) return false
      passed.delete(key)
      passed.set(key, now)
      return true
    },
    // The oldest stand first.
    forget: (now) => {
      for (const [key, at] of passed) {
        if (now - at < everyMs) return
        passed.delete(key)
      }
    },
  }
}
