import { describe, it } from 'vitest'
import { afterAdded, afterRemoved } from '../../events/visibility.js'
import { derivedId } from '../../events/ids.js'
import { deciderSpecification } from '../../test/support/decider-specification.js'
import type { MarkRead, MuteConversation } from './commands.js'
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

describe('muting a conversation', () => {
  const mute = (muted: boolean, visible = afterAdded([], 'shared', 4)): MuteConversation => ({ type: 'MuteConversation', actor: anna, visible, muted })
  const changed = (muted: boolean) => ({ type: 'MuteChanged', data: { userId: anna, muted } }) as const

  it('a member mutes it, and no longer; what is not known is said', () => {
    given().when(mute(true)).then(changed(true))
    given().when(mute(false)).then(changed(false))
    given(changed(true), advanced(3)).when(mute(false)).then(changed(false))
  })

  it('what is in effect is not said again', () => {
    given(changed(true)).when(mute(true)).thenNothingHappened()
    given(changed(true), changed(false)).when(mute(false)).thenNothingHappened()
  })

  it('E9: who is no member, or no longer, has nothing to mute', () => {
    given().when(mute(true, [])).thenRejected({ _tag: 'NotAMember' })
    given(changed(true)).when(mute(false, afterRemoved(afterAdded([], 'shared', 4), 6))).thenRejected({ _tag: 'NotAMember' })
  })
})
