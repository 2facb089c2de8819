import { request, type RequestOptions } from 'node:http'
import type { Running } from './service.js'

const PROBE_TIMEOUT_MS = 500
const DEFAULT_SOCKET = '/var/run/docker.sock'

const engineAddress = (): RequestOptions | undefined => {
  const host = process.env['DOCKER_HOST']
  if (host === undefined || host === '') return { socketPath: DEFAULT_SOCKET }
  const url = new URL(host)
  if (url.protocol === 'unix:') return { socketPath: url.pathname }
  return url.protocol === 'tcp:' || url.protocol === 'http:' ? { host: url.hostname, port: url.port } : undefined
}

/**
 * Whether a container engine answers. Asked before testcontainers is imported: it waits for ever on a socket that accepts and
 * never answers, and a `docker` command on the PATH proves nothing.
 */
export const dockerAvailable = (): Promise<boolean> =>
  new Promise((resolve) => {
    const address = engineAddress()
    if (address === undefined) return resolve(false)
    const probe = request({ ...address, path: '/_ping', timeout: PROBE_TIMEOUT_MS }, (answer) => {
      answer.resume()
      resolve(answer.statusCode === 200)
    })
    probe.on('timeout', () => probe.destroy()).on('error', () => resolve(false)).on('close', () => resolve(false)).end()
  })

export interface ContainerOptions {
  readonly image: string
  readonly port: number
  /** The same port outside as inside, for servers that tell clients their own address. */
  readonly hostPort?: number
  readonly environment?: Readonly<Record<string, string>>
  readonly command?: ReadonlyArray<string>
}

/** Starts a container and answers its address; testcontainers removes it also when this process dies. */
export const startContainer = async (options: ContainerOptions): Promise<Omit<Running, 'url'> & { host: string; port: number }> => {
  const { GenericContainer } = await import('testcontainers')
  const { port, hostPort } = options
  const container = await new GenericContainer(options.image)
    .withEnvironment({ ...options.environment })
    .withCommand([...(options.command ?? [])])
    .withExposedPorts(hostPort === undefined ? port : { container: port, host: hostPort })
    .start()
  const stop = async () => { await container.stop() }
  return { host: container.getHost(), port: container.getMappedPort(port), stop }
}
