import { describe, it } from 'vitest'
import { receiptsStream } from '../../events/streams.js'
import { conversation, userId } from '../../test/support/conversation-events.js'
import { projectionSpecification, recordedEvent } from '../../test/support/projection-specification.js'
import { readStatesProjection } from './project.js'

const { given } = projectionSpecification(readStatesProjection)

describe('read states', () => {
  it('ReadAdvanced moves a marker of the conversation that the receipts are of', () =>
    given(recordedEvent(receiptsStream(conversation), 4, { type: 'ReadAdvanced', data: { userId, through: 9 } })).then({ conversation, userId, through: 9 }))
})
