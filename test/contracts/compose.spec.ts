import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { adaptersOf, loadSettings } from '../../server/configuration/load-settings.js'

interface Described {
  readonly image?: string
  readonly profiles?: ReadonlyArray<string>
  readonly ports?: ReadonlyArray<string>
  readonly environment?: Readonly<Record<string, string>>
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>
  readonly healthcheck?: { readonly test: ReadonlyArray<string> }
  readonly volumes?: ReadonlyArray<string>
}

interface Composition { readonly services: Readonly<Record<string, Described>>; readonly volumes: Readonly<Record<string, unknown>> }

const house = new URL('../../', import.meta.url)
/** As docker compose reads it where the environment says nothing. */
const text = readFileSync(new URL('docker-compose.yml', house), 'utf8').replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1')
const composition: Composition = parse(text, { merge: true })
const { services } = composition
const roles = ['api', 'gateway', 'projector', 'relay', 'scheduler']
const servers = ['postgres', 'eventstoredb', 'kafka', 'redis']
const searchOf = (environment: Readonly<Record<string, unknown>> = {}) => {
  const loaded = loadSettings(Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, String(value)])))
  return E.isRight(loaded) ? adaptersOf(loaded.right.values).search : loaded.left
}
const compose = () => spawnSync('docker', ['compose', 'config', '-q'], { cwd: house.pathname, encoding: 'utf8' })
const hasCompose = spawnSync('docker', ['compose', 'version']).status === 0

describe('docker-compose.yml', () => {
  it.runIf(hasCompose)('is what docker compose understands', () => {
    const { status, stderr } = compose()
    expect({ status, stderr }).toMatchObject({ status: 0 })
  })

  it('has every role and every server of the cluster profile, and search apart', () => {
    expect(Object.keys(services).sort()).toEqual([...roles, ...servers, 'elasticsearch'].sort())
    expect(Object.entries(services).flatMap(([name, each]) => (each.profiles === undefined ? [] : [name]))).toEqual(['elasticsearch'])
  })

  it.each(roles)('%s plays its one role in the cluster profile, after the servers answer', (role) => {
    const { environment, depends_on: needs } = services[role] ?? {}
    expect(environment).toMatchObject({ TIDINGS_ROLES: role, TIDINGS_PROFILE: 'cluster' })
    expect(needs).toEqual(Object.fromEntries(servers.map((server) => [server, { condition: 'service_healthy' }])))
  })

  it('needs no Elasticsearch unless told, and one that is told has its address', () => {
    const told = { ...services['api']?.environment, TIDINGS_SEARCH: 'elasticsearch' }
    expect([services['api']?.environment, told].map(searchOf)).toEqual(['postgres', 'elasticsearch'])
    expect(told).toMatchObject({ TIDINGS_ELASTICSEARCH_URLS: 'http://elasticsearch:9200' })
  })

  it('sends its roles to servers that are there', () => {
    const hosts = [...JSON.stringify(services['api']?.environment).matchAll(/(?:@|\/\/|")([a-z]+):\d+/g)].map((match) => match[1])
    expect(hosts).toHaveLength(5)
    expect(hosts.filter((host) => host !== undefined && !Object.hasOwn(services, host))).toEqual([])
  })

  it.each([...servers, 'elasticsearch'])('%s tells when it is ready and is not published', (server) => {
    expect(services[server]?.healthcheck?.test.length).toBeGreaterThan(1)
    expect(services[server]?.ports).toBeUndefined()
  })

  it.each(roles)('%s is told settings that there are', (role) => {
    expect(loadSettings(Object.fromEntries(Object.entries(services[role]?.environment ?? {}).map(([name, value]) => [name, String(value)])))).toMatchObject({ _tag: 'Right' })
  })

  it('E7: publishes plain ports on the loopback interface only', () => {
    const published = Object.values(services).flatMap(({ ports }) => ports ?? [])
    expect(published.every((port) => port.startsWith('127.0.0.1:'))).toBe(true)
  })

  it('declares every volume that it mounts', () => {
    const mounted = Object.values(services).flatMap(({ volumes }) => (volumes ?? []).map((volume) => volume.split(':')[0]))
    expect([...new Set(mounted)].sort()).toEqual(Object.keys(composition.volumes).sort())
  })

  it('uses the versions that we test against', () => {
    const images = Object.fromEntries(Object.entries(services).map(([name, { image }]) => [name, image]))
    expect(images).toMatchObject({
      postgres: 'postgres:18', redis: 'redis:7', eventstoredb: 'eventstore/eventstore:24.10', kafka: expect.stringMatching(/^apache\/kafka:4\./),
      elasticsearch: expect.stringMatching(/:8\.19\./),
    })
  })
})

describe('the Dockerfile', () => {
  const dockerfile = readFileSync(new URL('Dockerfile', house), 'utf8')
  const final = dockerfile.slice(dockerfile.lastIndexOf('\nFROM '))

  it('runs as another user than root, without the tools that built it', () => {
    expect(final).toMatch(/^USER node$/m)
    expect(dockerfile).toContain('npm prune --omit=dev')
    expect(final).not.toContain('RUN npm')
  })

  it('starts the built program, so that signals reach it', () => {
    expect(final).toContain('ENTRYPOINT ["node", "--enable-source-maps", "dist/server/cli/main.js"]')
  })
})
