import { chmodSync, mkdirSync, mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { connectClient } from '../../client/index.js'
import { accountIdOf } from '../../events/ids.js'
import { newId } from '../../platform/identifiers.js'
import { apiAt, type Api } from './api.js'
import { clusterDeployment, embeddedDeployment, type Deployment } from './deployment.js'
import { startFleet, type Fleet } from './fleet.js'
import { startDemoIssuer, type DemoIssuer } from './issuer.js'
import type { Enter } from './participant.js'
import type { AskSearch } from './search/search.js'
import { clusterServices } from './services.js'
import type { Ask } from './verify.js'

/** A running deployment of its own with an empty log, its people's door and its windows. */
export interface Stage {
  readonly description: string
  readonly fleet: Fleet
  readonly enter: Enter
  readonly ask: Ask
  readonly search: AskSearch
  readonly close: () => Promise<void>
}

/** People who watch a demonstration come back sooner than a phone would. */
const impatient = { backoffBaseMs: 100, backoffCapMs: 1_000 }

/** Registers account and device over HTTP, then opens the socket; people are spread over the gateways. */
const door = ({ sockets }: Deployment, api: Api, issuer: DemoIssuer): Enter => {
  let entered = 0
  return async (subject, profile, hear) => {
    const [device, token, userId] = [newId(), await issuer.tokenFor(subject), accountIdOf(issuer.issuer, subject)]
    await api.account(token, { type: 'RegisterAccount', profile })
    await api.account(token, { type: 'RegisterDevice', deviceId: device })
    const url = sockets[entered++ % sockets.length] ?? ''
    const client = connectClient({ url, device, token: async () => token, handlers: { onEvent: hear }, limits: impatient })
    await client.live()
    return {
      userId, token, device, command: client.command, drop: client.drop, close: client.close,
      rename: async (name) => { await api.account(token, { type: 'ChangeProfile', profile: { ...profile, name } }) },
    }
  }
}

const folderOf = (keep: string | undefined): string => {
  const directory = keep === undefined ? mkdtempSync(join(tmpdir(), 'tidings-demo-')) : resolve(keep)
  mkdirSync(directory, { recursive: true })
  chmodSync(directory, 0o711)
  return directory
}

export interface RunningDeployment {
  readonly deployment: Deployment
  readonly issuer: DemoIssuer
  readonly fleet: Fleet
  readonly close: () => Promise<void>
}

interface StageOptions {
  readonly searches?: boolean
  readonly keep?: string | undefined
}

/**
 * Starts a deployment of the profile in a folder of its own, which `close` removes with everything in it unless it is `keep`. A
 * cluster that `searches` has an Elasticsearch.
 */
export const startDeployment = async (profile: 'embedded' | 'cluster', { searches = false, keep }: StageOptions = {}): Promise<RunningDeployment> => {
  const directory = folderOf(keep)
  const issuer = await startDemoIssuer()
  const services = profile === 'cluster' ? await clusterServices(searches) : undefined
  const deployment = services === undefined ? await embeddedDeployment(issuer, directory) : await clusterDeployment(issuer, directory, services)
  const fleet = await startFleet(deployment.members)
  return {
    deployment, issuer, fleet,
    close: async () => {
      await fleet.stop()
      await services?.stop()
      await issuer.close()
      if (keep === undefined) await rm(directory, { recursive: true, force: true })
    },
  }
}

/** A deployment as `startDeployment` makes it, and the ways to it. */
export const startStage = async (profile: 'embedded' | 'cluster', options?: StageOptions): Promise<Stage> => {
  const { deployment, issuer, fleet, close } = await startDeployment(profile, options)
  const api = apiAt(deployment.api)
  return { description: deployment.description, fleet, enter: door(deployment, api, issuer), ask: api.ask, search: api.search, close }
}
