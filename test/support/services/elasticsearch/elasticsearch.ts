import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { launch } from '../breakable.js'
import { startContainer } from '../docker.js'
import { javaHome } from '../java.js'
import { freePort, giveToServer, runFolder, runNative } from '../native.js'
import type { Breakable, Running, ServiceDefinition } from '../service.js'
import { distribution, elasticsearchHome } from './distribution.js'

const IMAGE = `docker.elastic.co/elasticsearch/elasticsearch:${distribution.version}`
const CONTAINER_PORT = 9200
const START_TIMEOUT_MS = 120_000
const CHECK_TIMEOUT_MS = 25_000
const QUICK_TO_START = '-XX:TieredStopAtLevel=1'

const settings = (folder: string, port: number, transportPort: number): string =>
  [
    'cluster.name: tidings-test', 'node.name: one', `path.data: ${join(folder, 'data')}`, `path.logs: ${join(folder, 'logs')}`,
    'network.host: 127.0.0.1', 'discovery.type: single-node', `http.port: ${port}`, `transport.port: ${transportPort}`,
    'xpack.security.enabled: false', 'cluster.routing.allocation.disk.threshold_enabled: false',
    // So small a heap is nearly full before it is collected: what a breaker refuses then would not be too much.
    'indices.breaker.total.use_real_memory: false', '',
  ].join('\n')

const java = ['-XX:+UseSerialGC', '-Djava.io.tmpdir=${ES_TMPDIR}', '-XX:+ExitOnOutOfMemoryError', ''].join('\n')

const logging = [
  'status = error', 'appender.console.type = Console', 'appender.console.name = console', 'appender.console.layout.type = PatternLayout',
  'appender.console.layout.pattern = [%-5p][%c{1.}] %m%n', 'rootLogger.level = warn', 'rootLogger.appenderRef.console.ref = console', '',
].join('\n')

/** A place with settings and empty folders that belong to the server's user. */
const place = async (): Promise<{ readonly folder: string; readonly port: number }> => {
  const folder = runFolder('elasticsearch')
  const [port, transportPort] = [await freePort(), await freePort()]
  for (const name of ['config', 'logs', 'tmp']) mkdirSync(join(folder, name))
  const files = { 'elasticsearch.yml': settings(folder, port, transportPort), 'jvm.options': java, 'log4j2.properties': logging }
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, 'config', name), text)
  for (const name of ['config', 'logs', 'tmp']) giveToServer(join(folder, name))
  return { folder, port }
}

const check = async (url: string): Promise<void> => {
  const answer = await fetch(`${url}/_cluster/health?wait_for_status=yellow&timeout=20s`, { signal: AbortSignal.timeout(CHECK_TIMEOUT_MS) })
  await answer.body?.cancel()
  if (!answer.ok) throw new Error(`the cluster's health answers ${answer.status}`)
}

const SMALL_AND_QUICK_TO_START = `-Xms256m -Xmx256m ${QUICK_TO_START} -XX:-AlwaysPreTouch`

/**
 * An Elasticsearch of one's own, in about 7 s and 300 MB. A kill keeps what was acknowledged. With other options for Java it
 * may be one as in earnest, which compiles what is hot as far as it can.
 */
export const privateElasticsearch = async (javaOptions = SMALL_AND_QUICK_TO_START): Promise<Breakable> => {
  const jdk = javaHome(`Elasticsearch ${distribution.version}`)
  const home = await elasticsearchHome()
  const { folder, port } = await place()
  const environment = {
    ES_PATH_CONF: join(folder, 'config'), ES_TMPDIR: join(folder, 'tmp'), ES_JAVA_HOME: jdk, CLI_JAVA_OPTS: QUICK_TO_START,
    ES_JAVA_OPTS: javaOptions,
  }
  const start = () => runNative(join(home, 'bin', 'elasticsearch'), [], folder, environment)
  return launch({ url: `http://127.0.0.1:${port}`, folder, start, check, startTimeoutMs: START_TIMEOUT_MS })
}

const docker = async (): Promise<Running> => {
  const { host, port, stop } = await startContainer({
    image: IMAGE,
    port: CONTAINER_PORT,
    environment: {
      'discovery.type': 'single-node', 'xpack.security.enabled': 'false', 'cluster.routing.allocation.disk.threshold_enabled': 'false',
      ES_JAVA_OPTS: '-Xms512m -Xmx512m',
    },
  })
  return { url: `http://${host}:${port}`, stop }
}

export const elasticsearch: ServiceDefinition = {
  environmentVariable: 'TIDINGS_TEST_ELASTICSEARCH_URL', docker, native: () => privateElasticsearch(), check,
}
