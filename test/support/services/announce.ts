import { createServer } from 'node:http'
import { isServiceName, openServiceHost, type ServiceHost } from './host.js'
import { HOST_VARIABLE, type Service } from './service.js'

const line = (service: Service): string =>
  service.available
    ? `  ${service.name}: real, by ${service.source === 'url' ? 'the URL in the environment' : service.source}`
    : `  ${service.name}: NOT TESTED: ${service.reason}`

const listen = (host: ServiceHost): Promise<{ url: string; close: () => void }> =>
  new Promise((resolve, reject) => {
    const server = createServer((request, response) => {
      const name = request.url?.slice(1) ?? ''
      if (isServiceName(name)) void host.get(name).then((service) => response.end(JSON.stringify(service)))
      else response.writeHead(404).end()
    })
    server.once('error', reject).listen(0, '127.0.0.1', () => {
      const address = server.address()
      const port = address !== null && typeof address === 'object' ? address.port : 0
      const close = () => {
        server.close()
        server.closeAllConnections()
      }
      resolve({ url: `http://127.0.0.1:${port}`, close })
    })
  })

/**
 * Vitest's global set-up: this process starts a service when the first spec file asks for it, so that it outlives the worker
 * that asked; all are stopped, and named, when the run ends. The projects of one run share it.
 */
export default async (): Promise<() => Promise<void>> => {
  if (process.env[HOST_VARIABLE] !== undefined) return async () => undefined
  const host = openServiceHost()
  const { url, close } = await listen(host)
  process.env[HOST_VARIABLE] = url
  return async () => {
    Reflect.deleteProperty(process.env, HOST_VARIABLE)
    close()
    const asked = await host.asked()
    await host.close()
    if (asked.length > 0) console.log(['Services:', ...asked.map(line)].join('\n'))
  }
}
