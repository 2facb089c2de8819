/** What was waited for did not come in time. It may still come; nobody hears it then. */
export class TimedOut extends Error {
  override readonly name = 'TimedOut'
}

/** The work's outcome, or a rejection with `TimedOut` after so long. */
export const withinTime = async <A>(work: Promise<A>, timeoutMs: number): Promise<A> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => { reject(new TimedOut(`not within ${timeoutMs} ms`)) }, timeoutMs)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
