import { afterAll, beforeAll, describe, expect } from 'vitest'
import { gatewayStack, type GatewayStack } from '../support/gateway-stack.js'
import { closing } from './gateway/closing.js'
import { lagging } from './gateway/lagging.js'
import { live } from './gateway/live.js'
import { notifying } from './gateway/notifications.js'
import { resuming } from './gateway/resuming.js'

describe('the gateway over the whole memory stack', () => {
  let opened: GatewayStack | undefined
  const subject = (): GatewayStack => {
    if (opened === undefined) throw new Error('the stack did not open')
    return opened
  }
  beforeAll(async () => { opened = await gatewayStack() })
  afterAll(async () => {
    await opened?.close()
    expect(opened?.defects).toEqual([])
  })
  for (const behaviour of [resuming, notifying, lagging, live, closing]) behaviour(subject)
})
