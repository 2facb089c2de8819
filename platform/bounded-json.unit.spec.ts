import * as E from 'fp-ts/lib/Either.js'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { parseBoundedJson } from './bounded-json.js'

const nested = (depth: number): string => `${'{"a":['.repeat(depth / 2)}${']}'.repeat(depth / 2)}`

it('takes any JSON within its depth as it is', () => {
  fc.assert(fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
    const text = JSON.stringify(value)
    if (/"(__proto__|constructor|prototype)":/.test(text)) return
    expect(parseBoundedJson(text, 16)).toEqual(E.right(JSON.parse(text)))
  }))
})

it('depth is counted over arrays and objects, to the very level', () => {
  expect(E.isRight(parseBoundedJson(nested(16), 16))).toBe(true)
  expect(parseBoundedJson(nested(18), 16)).toEqual(E.left({ _tag: 'TooDeep', limit: 16 }))
  expect(parseBoundedJson('['.repeat(1_000_000), 16)).toEqual(E.left({ _tag: 'NotJson' }))
  expect(parseBoundedJson(`${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}`, 16)).toEqual(E.left({ _tag: 'TooDeep', limit: 16 }))
})

it.each(['__proto__', 'constructor', 'prototype', '\\u005f_proto__'])('the name %s is refused anywhere', (name) => {
  expect(parseBoundedJson(`[{"a":{"${name}":1}}]`, 16)).toMatchObject(E.left({ _tag: 'ForbiddenName' }))
})
