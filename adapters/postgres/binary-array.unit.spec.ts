import { describe, expect, it } from 'vitest'
import { byteaArray, integerArray, uuidArray } from './binary-array.js'

const uuid = '01890a5d-ac96-774b-bcce-b302099a8057'

describe('arrays in binary', () => {
  it('begin with one dimension, the element type and the length', () =>
    expect(uuidArray([]).toString('hex')).toBe('00000001' + '00000001' + '00000b86' + '00000000' + '00000001'))

  it('hold each element after its length, nothing after -1', () => {
    expect(uuidArray([uuid, undefined]).subarray(20).toString('hex')).toBe(`00000010${uuid.replaceAll('-', '')}ffffffff`)
    expect(integerArray([-1, 7]).subarray(20).toString('hex')).toBe('00000004ffffffff0000000400000007')
    expect(byteaArray([Uint8Array.of(1, 2), undefined, new Uint8Array()]).subarray(20).toString('hex')).toBe('000000020102ffffffff00000000')
  })

  it('what does not fit its type throws', () => {
    for (const text of ['system', '', `${uuid}0`, uuid.replace('7', 'g')]) expect(() => uuidArray([text])).toThrow(TypeError)
    expect(() => integerArray([2 ** 31])).toThrow(RangeError)
  })
})
