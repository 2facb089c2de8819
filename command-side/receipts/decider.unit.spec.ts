import { describe, it } from 'vitest'
import { afterAdded, afterRemoved } from '../../events/visibility.js'
import { derivedId } from '../../events/ids.js'
import { deciderSpecification } from '../../test/support/decider-specification.js'
import type { MarkRead } from './commands.js'
import { receiptsDecider } from './decider.js'

const { given } = deciderSpecification(receiptsDecider)
const anna = derivedId('spec', 'anna')
const advanced = (through: number) => ({ type: 'ReadAdvanced', data: { userId: anna, through } }) as const

describe('marking as read', () => {
  const sinceFour = afterAdded([], 'sinceJoin', 4)
  const mark = (through: number, more: Partial<MarkRead> = {}): MarkRead => ({ type: 'MarkRead', actor: anna, visible: sinceFour, head: 9, through, ...more })

  it('a marker moves forwards, up to the latest event', () => {
    given().when(mark(4)).then(advanced(4))
    given(advanced(4)).when(mark(9)).then(advanced(9))
  })

  it('a marker never moves back', () => {
    given(advanced(7)).when(mark(7)).thenNothingHappened()
    given(advanced(7)).when(mark(5)).thenNothingHappened()
    given(advanced(7), advanced(5)).when(mark(6)).thenNothingHappened()
  })

  it('what is not written yet cannot have been read', () => given().when(mark(10)).thenRejected({ _tag: 'NotReadable', head: 9 }))

  it('E9: a marker stands on something that its reader may read', () => {
    const visible = afterAdded(afterRemoved(sinceFour, 5), 'sinceJoin', 8)
    for (const through of [3, 6, 7]) given().when(mark(through, { visible })).thenRejected({ _tag: 'NotReadable', head: 9 })
    given().when(mark(5, { visible })).then(advanced(5))
  })

  it('E9: who is no member, or no longer, tells the members nothing', () => {
    given().when(mark(5, { visible: [] })).thenRejected({ _tag: 'NotAMember' })
    given().when(mark(5, { visible: afterRemoved(sinceFour, 6) })).thenRejected({ _tag: 'NotAMember' })
  })
})
