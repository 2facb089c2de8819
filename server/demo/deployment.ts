import { join } from 'node:path'
import { accountIdOf } from '../../events/ids.js'
import { freePort, type FleetMember } from './fleet.js'
import type { DemoIssuer } from './issuer.js'
import type { ClusterServices } from './services.js'

/** The processes of a deployment and where its people find it. */
export interface Deployment {
  readonly members: ReadonlyArray<FleetMember>
  readonly api: string
  readonly sockets: ReadonlyArray<string>
  readonly description: string
}

/** The subject whose account may look at any story, by a recorded command. */
export const administrator = 'administrator'

type Environment = Readonly<Record<string, string>>

const common = ({ issuer, jwksUrl, audience }: DemoIssuer, directory: string): Environment => ({
  TIDINGS_DATA_DIRECTORY: join(directory, 'data'),
  TIDINGS_ISSUERS: JSON.stringify([{ issuer, jwksUrl, audience }]),
  TIDINGS_BUILT_IN_ISSUER: 'false',
  TIDINGS_ADMINISTRATORS: accountIdOf(issuer, administrator),
  TIDINGS_LOG_LEVEL: 'error',
  // Its people send faster than people do, all from one address.
  TIDINGS_RATE_LIMITS: 'off',
})

const member = async (name: string, environment: Environment): Promise<FleetMember & { readonly http: string; readonly socket: string }> => {
  const [httpPort, socketPort] = [await freePort(), await freePort()]
  const http = `http://127.0.0.1:${httpPort}`
  return {
    name, http, socket: `ws://127.0.0.1:${socketPort}`, readyUrl: `${http}/readyz`,
    environment: { ...environment, TIDINGS_HTTP_PORT: String(httpPort), TIDINGS_SOCKET_PORT: String(socketPort) },
  }
}

/** One process on embedded defaults. */
export const embeddedDeployment = async (issuer: DemoIssuer, directory: string): Promise<Deployment> => {
  const one = await member('tidings', common(issuer, directory))
  return { members: [one], api: one.http, sockets: [one.socket], description: 'profile embedded: one process, Postgres from npm' }
}

const searching = ({ elasticsearch }: ClusterServices): Environment =>
  elasticsearch === undefined ? { TIDINGS_SEARCH: 'postgres' } : { TIDINGS_SEARCH: 'elasticsearch', TIDINGS_ELASTICSEARCH_URLS: elasticsearch, TIDINGS_ELASTICSEARCH_LAYOUT: 'single-node' }

/** A process for each role, several of those that share their work (G7). */
export const clusterDeployment = async (issuer: DemoIssuer, directory: string, services: ClusterServices): Promise<Deployment> => {
  const base = {
    ...common(issuer, directory),
    TIDINGS_PROFILE: 'cluster',
    TIDINGS_POSTGRES_URL: services.postgres,
    TIDINGS_EVENTSTORE_URL: services.eventstore,
    TIDINGS_KAFKA_BROKERS: services.kafka,
    TIDINGS_REDIS_URL: services.redis,
    ...searching(services),
  }
  const role = (name: string, roles: string) => member(name, { ...base, TIDINGS_ROLES: roles })
  const relay = await role('relay', 'relay')
  const projectors = [await role('projector 1', 'projector'), await role('projector 2', 'projector')]
  const api = await role('api', 'api')
  const gateways = [await role('gateway 1', 'gateway'), await role('gateway 2', 'gateway'), await role('gateway 3', 'gateway')]
  return {
    members: [relay, ...projectors, api, ...gateways],
    api: api.http,
    sockets: gateways.map(({ socket }) => socket),
    description: `profile cluster: relay, 2 projectors, api, 3 gateways; ${services.description}`,
  }
}
