import { chmodSync, copyFileSync, mkdirSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { Kafka, logLevel } from 'kafkajs'
import { launch } from '../breakable.js'
import { cached } from '../cache.js'
import { startContainer } from '../docker.js'
import { freePort, giveToServer, removeFolder, untilAnswers } from '../native.js'
import type { Breakable, Running, ServiceDefinition } from '../service.js'
import { brokerPlace, kafkaPrograms, startBroker, type KafkaPrograms } from './broker.js'
import { kafkaVersion } from './jars.js'

const START_TIMEOUT_MS = 60_000
const CONNECT_TIMEOUT_MS = 1_000
const CONTAINER_PORT = 9092
const QUICK_RETRY = { initialRetryTime: 20, maxRetryTime: 100, retries: 5 }

const reachable = (address: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const [host = '', port = ''] = address.split(':')
    const socket = connect({ host, port: Number(port), timeout: CONNECT_TIMEOUT_MS })
    socket.once('connect', () => { socket.destroy(); resolve() })
    socket.once('timeout', () => socket.destroy(new Error(`no connection to ${address}`))).once('error', reject)
  })

// The first use of a fresh broker's group coordinator fails with NOT_COORDINATOR, which kafkajs does not retry for offsets.
const check = async (brokers: string): Promise<void> => {
  const [first = ''] = brokers.split(',')
  await reachable(first)
  const kafka = new Kafka({ clientId: 'probe', brokers: brokers.split(','), logLevel: logLevel.NOTHING, retry: QUICK_RETRY })
  const admin = kafka.admin()
  try {
    await admin.connect()
    await admin.fetchOffsets({ groupId: 'warm-up' })
  } finally {
    await admin.disconnect()
  }
}

// Halves the time of each later start. Java ignores an archive that does not fit its jars.
const writeClassArchive = (programs: KafkaPrograms) => async (archive: string): Promise<void> => {
  const place = await brokerPlace(programs)
  const output = join(place.folder, 'archive')
  mkdirSync(output)
  giveToServer(output)
  const written = join(output, 'classes.jsa')
  const server = startBroker(programs, place, [`-XX:ArchiveClassesAtExit=${written}`])
  try {
    await untilAnswers(server, () => check(place.address), START_TIMEOUT_MS)
    await server.end('SIGTERM')
    copyFileSync(written, archive)
    chmodSync(archive, 0o644)
  } finally {
    await server.end('SIGKILL')
    removeFolder(place.folder)
  }
}

/** A broker of one's own, warmed up. A kill keeps what was acknowledged; it is back about 3 s later. */
export const privateKafka = async (): Promise<Breakable> => {
  const programs = await kafkaPrograms()
  const archive = await cached(`kafka-${kafkaVersion}/classes.jsa`, writeClassArchive(programs))
  const place = await brokerPlace(programs)
  const start = () => startBroker(programs, place, [`-XX:SharedArchiveFile=${archive}`])
  return launch({ url: place.address, folder: place.folder, start, check, startTimeoutMs: START_TIMEOUT_MS })
}

const docker = async (): Promise<Running> => {
  const hostPort = await freePort()
  const { host, port, stop } = await startContainer({
    image: `apache/kafka:${kafkaVersion}`,
    port: CONTAINER_PORT,
    hostPort,
    environment: {
      KAFKA_NODE_ID: '1', KAFKA_PROCESS_ROLES: 'broker,controller', KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
      KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093', KAFKA_LISTENERS: `PLAINTEXT://:${CONTAINER_PORT},CONTROLLER://:9093`,
      KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://127.0.0.1:${hostPort}`, KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
      KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1', KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '1',
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
      KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0', KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false', KAFKA_GROUP_MIN_SESSION_TIMEOUT_MS: '1000',
    },
  })
  return { url: `${host}:${port}`, stop }
}

export const kafka: ServiceDefinition = { environmentVariable: 'TIDINGS_TEST_KAFKA_BROKERS', docker, native: () => privateKafka(), check }
