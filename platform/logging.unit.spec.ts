import { expect, it } from 'vitest'
import { createLogger } from './logging.js'

const canary = 'canary-77aa'

const written = (fields: object): string => {
  const lines: string[] = []
  createLogger('info', { write: (line) => { lines.push(line) } }).info(fields, 'something happened')
  return lines.join('')
}

it('a line is JSON with level, time and what happened', () => {
  expect(JSON.parse(written({ step: 1 }))).toMatchObject({ level: 'info', step: 1, msg: 'something happened', time: expect.stringMatching(/^\d{4}-/) })
})

it('of an error the kind, the code and the place are told, never its message', () => {
  const cause = Object.assign(new SyntaxError(`Unexpected token in "${canary}"`), { code: '22P02' })
  const line = written({ error: new Error(`bad: ${canary}\n    at ${canary}-is-no-frame`.replace(/\n.*/, ''), { cause }) })
  expect(line).not.toContain(canary)
  expect(JSON.parse(line)).toMatchObject({ error: { type: 'Error', frames: expect.arrayContaining([expect.stringContaining('logging.unit.spec')]), cause: { type: 'SyntaxError', code: '22P02' } } })
  expect(written({ error: canary })).not.toContain(canary)
})

it('fields named like secrets or contents are struck out', () => {
  const line = written({ token: canary, headers: { authorization: canary }, request: { body: canary, text: canary }, password: canary, refreshToken: canary })
  expect(line).not.toContain(canary)
})

it('a line break in a field cannot forge a line', () => {
  expect(written({ name: 'a\n{"level":"error"}' }).trim().split('\n')).toHaveLength(1)
})
