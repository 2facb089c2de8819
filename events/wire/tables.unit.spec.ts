import { Compile } from 'typebox/compile'
import { describe, expect, it } from 'vitest'
import { Problem } from './answers.js'
import { closeCodes } from './close-codes.js'
import { problem, problems, type ProblemCode } from './problems.js'

describe('close codes', () => {
  it('are each used once', () => {
    const codes = Object.values(closeCodes).map(({ code }) => code)
    expect(new Set(codes).size).toBe(codes.length)
  })

  it('say by their hundred what a client does, so that it understands later ones too', () => {
    const hundreds = { resume: 40, 'sign-in': 41, stop: 42 }
    for (const { code, then } of Object.values(closeCodes)) expect(Math.floor(code / 100)).toBe(hundreds[then])
  })
})

describe('problems', () => {
  it.each(Object.keys(problems) as ReadonlyArray<ProblemCode>)('%s is an answer that says what to do next', (code) => {
    const answer = problem(code, { retryAfterMs: 5 })
    expect(Compile(Problem).Check(answer)).toBe(true)
    expect(answer).toEqual({ type: `urn:tidings:problem:${code}`, status: problems[code].status, title: problems[code].title, detail: problems[code].next, retryAfterMs: 5 })
  })

  it('a case may say more than its row', () => expect(problem('limit-reached', { detail: 'pins: 200' }).detail).toBe('pins: 200'))
})
