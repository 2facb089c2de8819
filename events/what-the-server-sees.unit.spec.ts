import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { Envelope } from './schemas/common.js'
import { conversationEvents } from './schemas/conversation.js'

const page = readFileSync(new URL('../docs/what-the-server-sees.md', import.meta.url), 'utf8')

const fieldsUnder = (heading: string): ReadonlyArray<string> => {
  const section = page.split('\n## ').find((part) => part.startsWith(heading)) ?? ''
  return [...section.matchAll(/^\| `(\w+)` \|/gm)].map((match) => match[1] ?? '')
}

describe('the page about what the server sees', () => {
  it('E6: lists every field of the envelope, and none that is not there', () => {
    expect(fieldsUnder('Envelope')).toEqual(Object.keys(Envelope.properties))
  })

  it('E6: lists every field of a sent message, and none that is not there', () => {
    expect(fieldsUnder('Beside the envelope')).toEqual(Object.keys(conversationEvents.MessageSent.properties))
  })
})
