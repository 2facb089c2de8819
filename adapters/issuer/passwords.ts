import { hash, verify } from '@node-rs/argon2'
import * as E from 'fp-ts/lib/Either.js'
import type { Problem } from '../../events/wire/answers.js'
import { problem } from '../../events/wire/problems.js'

/** Characters (code points), after normalisation. Any character counts, none is demanded (NIST SP 800-63B). */
export const PASSWORD_CHARACTERS = { least: 8, most: 1_024 } as const

/** OWASP's second choice for argon2id: as strong as the first with less memory. Argon2id is the library's default. */
const policy = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const
const HASHING_AT_ONCE = 2
const WAITING_AT_MOST = 16
const BUSY_RETRY_AFTER_MS = 1_000

/** The same text for the same keys, whatever the keyboard composed. */
const normalised = (password: string): string => password.normalize('NFKC')

export interface Passwords {
  readonly hash: (password: string) => Promise<E.Either<Problem, string>>
  /** Without a hash to compare with it does the same work and answers false. */
  readonly verify: (passwordHash: string | undefined, password: string) => Promise<E.Either<Problem, boolean>>
}

/** So many at once, so many waiting; who comes then hears `busy`. */
const bounded = () => {
  const waiting: (() => void)[] = []
  let running = 0
  return async <A>(work: () => Promise<A>): Promise<E.Either<Problem, A>> => {
    if (running >= HASHING_AT_ONCE) {
      if (waiting.length >= WAITING_AT_MOST) return E.left(problem('busy', { retryAfterMs: BUSY_RETRY_AFTER_MS }))
      await new Promise<void>((resolve) => { waiting.push(resolve) })
    } else {
      running += 1
    }
    try {
      return E.right(await work())
    } finally {
      const next = waiting.shift()
      if (next === undefined) running -= 1
      else next()
    }
  }
}

/** Argon2id on at most two threads: sign-ins wait for one another, the rest of the process does not. */
export const argon2Passwords = (): Passwords => {
  const run = bounded()
  const nobody = hash('nobody has this password', policy)
  nobody.catch(() => undefined)
  return {
    hash: (password) => run(() => hash(normalised(password), policy)),
    verify: (passwordHash, password) =>
      run(async () => {
        const matches = await verify(passwordHash ?? (await nobody), normalised(password))
        return matches && passwordHash !== undefined
      }),
  }
}
