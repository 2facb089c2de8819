import { dockerAvailable, startContainer } from '../services/docker.js'

const IMAGE = 'eventstore/eventstore:24.10'
const PORT = 2113

export type RealEventStoreDb =
  | { readonly available: false; readonly reason: string }
  | { readonly available: true; readonly source: 'url' | 'docker'; readonly start: () => Promise<{ readonly url: string; readonly stop: () => Promise<void> }> }

const container = async () => {
  const { host, port, stop } = await startContainer({
    image: IMAGE,
    port: PORT,
    environment: { EVENTSTORE_INSECURE: 'true', EVENTSTORE_RUN_PROJECTIONS: 'None' },
  })
  return { url: `esdb://${host}:${port}?tls=false`, stop }
}

/** A real EventStoreDB, by the URL in `TIDINGS_TEST_EVENTSTORE_URL` or by Docker; nothing is started before `start`. */
export const realEventStoreDb = async (): Promise<RealEventStoreDb> => {
  const url = process.env['TIDINGS_TEST_EVENTSTORE_URL']
  if (url !== undefined && url !== '') return { available: true, source: 'url', start: async () => ({ url, stop: async () => undefined }) }
  if (await dockerAvailable()) return { available: true, source: 'docker', start: container }
  return { available: false, reason: 'no TIDINGS_TEST_EVENTSTORE_URL and no Docker' }
}
