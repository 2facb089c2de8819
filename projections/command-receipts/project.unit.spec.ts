import { describe, it } from 'vitest'
import { anEvent, conversation, conversationTypes } from '../../test/support/conversation-events.js'
import { device, projectionSpecification } from '../../test/support/projection-specification.js'
import { commandReceiptsProjection } from './project.js'

const { given } = projectionSpecification(commandReceiptsProjection)

describe('command receipts', () => {
  it.each(conversationTypes)('%s of a numbered command names it', (type) =>
    given(anEvent(type, 7, 5)).then({ conversation, revision: 7, command: { device, counter: 5 } }))

  it('what carries no number only moves the head', () => given(anEvent('MemberAdded', 7)).then({ conversation, revision: 7, command: undefined }))
})
