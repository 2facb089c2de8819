import { parseOptions } from '@node-rs/argon2'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { argon2Passwords } from './passwords.js'

const right = <A>(answer: E.Either<unknown, A>): A => {
  if (E.isLeft(answer)) throw new Error('refused', { cause: answer.left })
  return answer.right
}

const durationOf = async (work: () => Promise<unknown>): Promise<number> => {
  const begun = performance.now()
  await work()
  return performance.now() - begun
}
const leastOf = async (work: () => Promise<unknown>): Promise<number> => {
  let least = Number.POSITIVE_INFINITY
  for (let time = 0; time < 5; time += 1) least = Math.min(least, await durationOf(work))
  return least
}

describe('passwords', () => {
  const passwords = argon2Passwords()

  it('are hashed by argon2id with a salt each, at the cost that OWASP asks', async () => {
    const [one, two] = [right(await passwords.hash('a password')), right(await passwords.hash('a password'))]
    expect(one).not.toBe(two)
    expect(one).toMatch(/^\$argon2id\$v=19\$/)
    expect(parseOptions(one)).toMatchObject({ memoryCost: 19_456, timeCost: 2, parallelism: 1, saltLen: 16 })
    expect([right(await passwords.verify(one, 'a password')), right(await passwords.verify(one, 'a passwore'))]).toEqual([true, false])
  })

  it('of nobody match nothing, not even what stands in for them, and cost the same', async () => {
    const hash = right(await passwords.hash('a password'))
    expect(right(await passwords.verify(undefined, 'nobody has this password'))).toBe(false)
    const [known, unknown] = [await leastOf(() => passwords.verify(hash, 'wrong')), await leastOf(() => passwords.verify(undefined, 'wrong'))]
    expect(unknown / known).toBeGreaterThan(0.3)
    expect(unknown / known).toBeLessThan(3)
  })

  it('2 are hashed at once, 16 wait, the next hears busy at once', async () => {
    const { verify, hash } = argon2Passwords()
    const stored = right(await hash('a password'))
    const answers = await Promise.all(Array.from({ length: 20 }, () => verify(stored, 'a password')))
    expect(answers.filter(E.isRight)).toHaveLength(18)
    expect(answers.slice(18)).toEqual([E.left(expect.objectContaining({ status: 503 })), E.left(expect.objectContaining({ status: 503 }))])
    expect(right(await verify(stored, 'a password'))).toBe(true)
  })
})
