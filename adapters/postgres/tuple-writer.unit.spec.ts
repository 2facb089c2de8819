import { describe, expect, it } from 'vitest'
import { tupleWriter } from './tuple-writer.js'

const uuid = '01890a5d-ac96-774b-bcce-b302099a8057'

describe('tuples of COPY in binary', () => {
  it('hold the number of columns, then each column after its length, nothing after -1', () => {
    const tuples = tupleWriter()
    tuples.row(6)
    tuples.uuid(uuid)
    tuples.uuid(undefined)
    tuples.integer(-2)
    tuples.text('é')
    tuples.bytes(Uint8Array.of(1, 2))
    tuples.bytes(undefined)
    expect(tuples.take().toString('hex')).toBe(
      ['0006', '00000010', uuid.replaceAll('-', ''), 'ffffffff', '00000004fffffffe', '00000002c3a9', '000000020102', 'ffffffff'].join(''))
  })

  it('grow with what is written', () => {
    const [tuples, large, text] = [tupleWriter(), new Uint8Array(100_000).fill(7), '\u20ac'.repeat(100_000)]
    tuples.row(3)
    tuples.bytes(large)
    tuples.text(text)
    tuples.bytes(large)
    const written = tuples.take()
    expect(written.length).toBe(2 + 3 * 4 + 2 * large.length + 3 * text.length)
    expect(written.subarray(-large.length).equals(large)).toBe(true)
  })

  it('what is no UUID throws', () => {
    for (const text of ['', 'system', `${uuid}0`, uuid.replaceAll('-', 'a'), uuid.replace('7', 'g'), uuid.replace('7', '\u0417')]) {
      expect(() => tupleWriter().uuid(text)).toThrow(TypeError)
    }
  })
})
