import { Parser } from '@asyncapi/parser'
import { describe, expect, it } from 'vitest'
import { clientFrames, serverFrames } from '../events/wire/frames.js'
import { asyncApiDocument } from './asyncapi.js'

describe('G4: the AsyncAPI document', () => {
  it('is valid AsyncAPI 3.0 and names every frame of both sides', async () => {
    const { document, diagnostics } = await new Parser().parse(JSON.stringify(asyncApiDocument()))
    expect(diagnostics.filter(({ severity }) => severity === 0)).toEqual([])
    const operations = new Map(document?.operations().all().map((operation) => [operation.id(), operation.messages().all().map((message) => message.name())]))
    expect(operations.get('fromClient')).toEqual(Object.keys(clientFrames))
    expect(operations.get('fromGateway')).toEqual(Object.keys(serverFrames))
  })

  it('is the same each time, and says what each frame is for', () => {
    expect(asyncApiDocument()).toEqual(asyncApiDocument())
    const { components } = asyncApiDocument() as { components: { messages: Record<string, { name: string; summary: string }> } }
    for (const { name, summary } of Object.values(components.messages)) expect(summary).not.toBe(name)
  })
})
