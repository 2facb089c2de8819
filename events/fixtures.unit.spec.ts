import { readdirSync, readFileSync } from 'node:fs'
import * as E from 'fp-ts/lib/Either.js'
import { Compile } from 'typebox/compile'
import { describe, expect, it } from 'vitest'
import { canonicalText } from './canonical.js'
import { decode, encode } from './codec.js'
import type { Position, RecordedEvent, StreamName } from './event-store.js'
import { chainVerifier, eventHash } from './hash-chain.js'
import { jsonSchemas } from './json-schemas.js'
import { currentVersion, eventTypes, isSealedType, type AnyEvent } from './registry.js'
import type { Metadata } from './schemas/common.js'
import { contentDigest, open } from './sealing.js'

// Fixtures are written once, when a version is new, and never again: they are what was stored.
interface Fixture {
  readonly type: string
  readonly version: number
  readonly stream: StreamName
  readonly revision: number
  readonly position: Position
  readonly id: string
  /** The stored bytes, as text. */
  readonly data: string
  readonly metadata: string
  /** Base64, with the key that opens it and the content that lies in it. */
  readonly sealed?: string
  readonly key?: string
  readonly content?: string
  /** As `decode` gives it today, whatever version was stored. */
  readonly decoded: { readonly data: Readonly<Record<string, unknown>>; readonly metadata: Metadata }
  readonly hash: string
}

const folder = new URL('./fixtures/', import.meta.url)
const files = readdirSync(folder).sort()
const read = (file: string): Fixture => JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Fixture
const bytes = (text: string, encoding: BufferEncoding = 'utf8'): Uint8Array => Buffer.from(text, encoding)

const recorded = ({ type, version, stream, revision, position, id, data, metadata, sealed }: Fixture): RecordedEvent => ({
  type, version, stream, position, id,
  revision: BigInt(revision),
  data: bytes(data),
  metadata: bytes(metadata),
  sealed: sealed === undefined ? undefined : bytes(sealed, 'base64'),
})

describe('L6: what was ever stored is read for ever', () => {
  it('there is a fixture of every version of every event, and none of another', () => {
    const versions = Array.from({ length: currentVersion }, (_, index) => index + 1)
    expect(files).toEqual(eventTypes.flatMap((type) => versions.map((version) => `${type}.v${version}.json`)).sort())
  })

  for (const file of files) {
    describe(file, () => {
      const fixture = read(file)

      it('decodes', () => {
        const { type, stream, revision, position, id, decoded } = fixture
        expect(`${type}.v${fixture.version}.json`).toBe(file)
        expect(decode(recorded(fixture))).toEqual(E.right({ type, stream, revision, position, id, ...decoded, sealed: recorded(fixture).sealed }))
      })

      it('hashes as it did', () => expect(eventHash(fixture.stream, BigInt(fixture.revision), recorded(fixture))).toBe(fixture.hash))

      it('was stored in canonical form', () => {
        for (const text of [fixture.data, fixture.metadata]) expect(canonicalText(JSON.parse(text))).toEqual(E.right(text))
      })

      it('is as its published schema says', () => {
        const { type, version, stream, revision, position, id, sealed, data, metadata } = fixture
        const schema = jsonSchemas().get(`events/${fixture.type}.v${fixture.version}.json`) ?? {}
        const validator = Compile(JSON.parse(JSON.stringify(schema)) as object)
        const record = {
          type, version, stream, revision, position, id,
          data: JSON.parse(data) as object,
          metadata: JSON.parse(metadata) as object,
          ...(sealed === undefined ? {} : { sealed }),
        }
        expect([...validator.Errors(record)]).toEqual([])
        expect(validator.Check({ ...record, data: { ...record.data, more: 1 } })).toBe(false)
        expect(validator.Check({ ...record, type: 'Another' })).toBe(false)
      })

      it('is sealed if its type is, and opens', () => {
        const { sealed, key, content, stream, id, type, decoded } = fixture
        expect([sealed, key, content].map((part) => part !== undefined)).toEqual(Array(3).fill(isSealedType(type)))
        if (sealed === undefined || key === undefined || content === undefined) return
        const opened = open(bytes(key, 'base64'), { stream, eventId: id, type }, bytes(sealed, 'base64'))
        if (E.isLeft(opened)) throw new Error('does not open')
        expect(Buffer.from(opened.right.content).toString('utf8')).toBe(content)
        expect(contentDigest(opened.right.salt, opened.right.content)).toBe(decoded.data.digest)
      })

      it('is encoded to the same bytes while its version is written', () => {
        const { version, type, id, decoded } = fixture
        if (version !== currentVersion) return
        const { data, metadata, sealed } = recorded(fixture)
        expect(encode(id, { type, data: decoded.data } as unknown as AnyEvent, decoded.metadata, sealed)).toEqual(
          E.right({ id, type, version, data, metadata, sealed }),
        )
      })
    })
  }

  it('the fixtures of one stream are a chain', () => {
    const fixtures = files.map(read).sort((one, next) => one.revision - next.revision)
    for (const stream of new Set(fixtures.map((fixture) => fixture.stream))) {
      const check = chainVerifier(stream, !/^(receipts|story)-/.test(stream))
      expect(fixtures.filter((fixture) => fixture.stream === stream).map((fixture) => check(recorded(fixture))).filter(Boolean)).toEqual([])
    }
  })
})
