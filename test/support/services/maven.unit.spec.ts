import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { download, mavenRepository, type Artifact } from './maven.js'

const contents = 'the bytes of a jar'
const jar: Artifact = { group: 'a.b', artifact: 'c', version: '1.2', sha256: createHash('sha256').update(contents).digest('hex') }

describe('fetching without Maven', () => {
  let folder = ''
  let server: Server
  let repository = ''

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tidings-jars-'))
    server = createServer((request, response) => {
      const found = request.url === '/maven/a/b/c/1.2/c-1.2.jar'
      response.writeHead(found ? 200 : 404).end(found ? contents : '')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    repository = `http://127.0.0.1:${address !== null && typeof address === 'object' ? address.port : 0}/maven`
  })

  afterEach(() => {
    server.close()
    rmSync(folder, { recursive: true })
  })

  it('keeps a file that has the checksum of the lock', async () => {
    await download([jar], repository, folder)
    expect(readFileSync(join(folder, 'c-1.2.jar'), 'utf8')).toBe(contents)
  })

  it('refuses another file under the same name', async () => {
    await expect(download([{ ...jar, sha256: '0'.repeat(64) }], repository, folder)).rejects.toThrow(/not the file/)
  })

  it('says what the repository answered', async () => {
    await expect(download([{ ...jar, version: '9' }], repository, folder)).rejects.toThrow(/404/)
  })

  it('takes the place that the machine\'s Maven settings name for Maven Central, else Maven Central', () => {
    expect(mavenRepository(folder)).toBe('https://repo1.maven.org/maven2')
    mkdirSync(join(folder, '.m2'))
    const mirror = (of: string, url: string) => `<mirror><id>x</id><mirrorOf>${of}</mirrorOf><url>${url}</url></mirror>`
    const settings = `<settings><mirrors>${mirror('external:http:*', 'http://0.0.0.0/')}
      <!-- ${mirror('*', 'https://old.example')} -->${mirror('central', 'https://mirror.example/maven/')}</mirrors></settings>`
    writeFileSync(join(folder, '.m2', 'settings.xml'), settings)
    expect(mavenRepository(folder)).toBe('https://mirror.example/maven')
  })
})
