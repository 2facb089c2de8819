import { execFile } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { cached } from '../cache.js'
import { javaProgram } from '../java.js'
import { freePort, giveToServer, runFolder, runNative, type NativeProcess } from '../native.js'
import { fetchJars, kafkaVersion } from './jars.js'

const run = promisify(execFile)

const CLUSTER_ID = 'MkU3OEVBNTcwNTJENDM2Qk'

/** What a broker is started from: made once for a machine. */
export interface KafkaPrograms { readonly java: string; readonly libraries: string; readonly template: string }

const quickToStart = '-XX:TieredStopAtLevel=1'
const broker = ['-Xmx256m', '-XX:+UseSerialGC', '-XX:+ExitOnOutOfMemoryError', quickToStart]

/** One line a setting; lean ones halve the memory and let a killed broker be back in 3 s instead of 12 s. */
const properties = (folder: string, port: number, controllerPort: number): string =>
  [
    'process.roles=broker,controller', 'node.id=1', `controller.quorum.voters=1@127.0.0.1:${controllerPort}`,
    'controller.listener.names=CONTROLLER', `listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    `log.dirs=${join(folder, 'data')}`, 'offsets.topic.replication.factor=1', 'transaction.state.log.replication.factor=1',
    'transaction.state.log.min.isr=1', 'group.initial.rebalance.delay.ms=0', 'offsets.topic.num.partitions=1',
    'transaction.state.log.num.partitions=1', 'auto.create.topics.enable=false', 'num.network.threads=2', 'num.io.threads=2',
    'background.threads=2', 'log.cleaner.dedupe.buffer.size=4194304', 'log.segment.bytes=16777216',
    'broker.session.timeout.ms=1500', 'broker.heartbeat.interval.ms=300', 'group.min.session.timeout.ms=1000', '',
  ].join('\n')

const formatTemplate = (java: string, libraries: string) => async (template: string): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), 'tidings-format-'))
  const settings = join(folder, 'server.properties')
  writeFileSync(settings, properties(folder, 1, 2))
  await run(java, [quickToStart, '-cp', join(libraries, '*'), 'kafka.tools.StorageTool', 'format', '-t', CLUSTER_ID, '-c', settings])
  cpSync(join(folder, 'data'), template, { recursive: true })
  rmSync(folder, { recursive: true })
}

/** Fetches the jars and formats an empty log folder, once for a machine. Rejects with what is missing. */
export const kafkaPrograms = async (): Promise<KafkaPrograms> => {
  const java = javaProgram(`Kafka ${kafkaVersion}`)
  const libraries = await cached(`kafka-${kafkaVersion}/libs`, fetchJars)
  return { java, libraries, template: await cached(`kafka-${kafkaVersion}/template`, formatTemplate(java, libraries)) }
}

export interface BrokerPlace { readonly folder: string; readonly address: string; readonly settings: string }

export const brokerPlace = async ({ template }: KafkaPrograms): Promise<BrokerPlace> => {
  const folder = runFolder('kafka')
  const [port, controllerPort] = [await freePort(), await freePort()]
  const settings = join(folder, 'server.properties')
  writeFileSync(settings, properties(folder, port, controllerPort))
  cpSync(template, join(folder, 'data'), { recursive: true })
  giveToServer(join(folder, 'data'))
  return { folder, address: `127.0.0.1:${port}`, settings }
}

/** Starts a broker on its folder; `classArchive` are the flags to use or to write an archive of loaded classes. */
export const startBroker = (programs: KafkaPrograms, place: BrokerPlace, classArchive: ReadonlyArray<string>): NativeProcess => {
  const flags = [...broker, ...classArchive, '-cp', join(programs.libraries, '*'), 'kafka.Kafka', place.settings]
  return runNative(programs.java, flags, place.folder)
}
