import { buildSync } from 'esbuild'
import { Redis } from 'ioredis'
import { Kafka, logLevel, Partitioners } from 'kafkajs'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { processBirth } from '../../adapters/embedded/process-birth.js'
import {
  describeWith, freshDatabase, freshIndexPrefix, freshRedisPrefix, freshTopicPrefix, privateElasticsearch, privateKafka, privateRedis, service,
  type Breakable,
} from '../support/services/index.js'
import { until } from '../support/until.js'

const rows = async (url: string, sql: string): Promise<ReadonlyArray<unknown>> => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}

const kafkaOf = (brokers: string) =>
  new Kafka({
    brokers: brokers.split(','), logLevel: logLevel.NOTHING, retry: { initialRetryTime: 50, maxRetryTime: 1000, retries: 50 },
  })

const produce = async (brokers: string, topic: string, value: string) => {
  const producer = kafkaOf(brokers).producer({ createPartitioner: Partitioners.DefaultPartitioner })
  await producer.connect()
  await producer.send({ topic, acks: -1, messages: [{ value }] })
  await producer.disconnect()
}

const consumeUntil = async (brokers: string, topic: string, groupId: string, wanted: number): Promise<ReadonlyArray<string>> => {
  const consumer = kafkaOf(brokers).consumer({ groupId, maxWaitTimeInMs: 200, heartbeatInterval: 500, sessionTimeout: 6000 })
  const seen: Array<string> = []
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  await consumer.run({ eachMessage: async ({ message }) => { seen.push(String(message.value)) } })
  await until(() => seen.length >= wanted, 30_000)
  await consumer.disconnect()
  return seen
}

const createTopic = async (brokers: string, topic: string) => {
  const admin = kafkaOf(brokers).admin()
  await admin.connect()
  await admin.createTopics({ waitForLeaders: true, topics: [{ topic }] })
  await admin.disconnect()
}

describeWith(['postgres'], 'the Postgres of a run', ({ postgres }) => {
  it('is Postgres 14 or later', async () => {
    const [answer] = await rows(postgres.url, "SELECT current_setting('server_version_num')::int >= 140000 AS recent")
    expect(answer).toEqual({ recent: true })
  })

  it('is the same for everyone who asks', async () => {
    expect(await service('postgres')).toEqual(postgres)
  })

  it('gives each asker a database that no other sees', async () => {
    const [ours, theirs] = await Promise.all([freshDatabase(), freshDatabase()])
    await rows(ours.url, 'CREATE TABLE secret (n int)')
    expect(await rows(theirs.url, "SELECT to_regclass('secret') AS found")).toEqual([{ found: null }])
    await Promise.all([ours.drop(), theirs.drop()])
    await ours.drop()
    await expect(rows(ours.url, 'SELECT 1')).rejects.toThrow(/does not exist/)
  })
})

describeWith(['redis'], 'the Redis of a run', ({ redis }) => {
  it('is Redis 7 or later and has sharded channels', async () => {
    const client = new Redis(redis.url)
    const key = `${freshRedisPrefix()}greeting`
    await client.set(key, 'hello', 'PX', 60_000)
    expect(await client.get(key)).toBe('hello')
    expect(await client.spublish(key, 'nobody listens')).toBe(0)
    client.disconnect()
  })

  it('gives each asker a prefix of its own', () => {
    expect(freshRedisPrefix()).not.toBe(freshRedisPrefix())
  })
})

describeWith(['kafka'], 'the Kafka of a run', ({ kafka }) => {
  it('delivers what was produced, first use of a group included', async () => {
    const topic = `${freshTopicPrefix()}log`
    await createTopic(kafka.url, topic)
    await produce(kafka.url, topic, 'hello')
    expect(await consumeUntil(kafka.url, topic, `${topic}-group`, 1)).toEqual(['hello'])
  })
})

describeWith(['elasticsearch'], 'the Elasticsearch of a run', ({ elasticsearch }) => {
  const asked = async (path: string, request: RequestInit = {}): Promise<unknown> =>
    (await fetch(`${elasticsearch.url}/${path}`, { headers: { 'content-type': 'application/json' }, ...request })).json()

  it('finds what was written', async () => {
    const index = `${freshIndexPrefix()}greetings`
    await asked(`${index}/_doc/1?refresh=true`, { method: 'PUT', body: JSON.stringify({ text: 'hello world' }) })
    expect(await asked(`${index}/_search?q=text:world`)).toMatchObject({ hits: { total: { value: 1 } } })
    await asked(index, { method: 'DELETE' })
  })
})

describeWith(['elasticsearch'], 'an Elasticsearch of one\'s own', () => {
  let own: Breakable
  beforeAll(async () => { own = await privateElasticsearch() })
  afterAll(() => own.stop())

  it('keeps what it acknowledged over a kill', async () => {
    const document = `${own.url}/kept/_doc/1`
    await fetch(document, { method: 'PUT', headers: { 'content-type': 'application/json' }, body: '{"n":1}' })
    await own.kill()
    await expect(fetch(document)).rejects.toThrow()
    await own.restart()
    expect(await (await fetch(document)).json()).toMatchObject({ found: true, _source: { n: 1 } })
  })
})

describeWith(['redis'], 'a Redis of one\'s own', () => {
  let own: Breakable
  beforeAll(async () => { own = await privateRedis({ durable: true }) })
  afterAll(() => own.stop())

  it('is not the one of the run, and can be killed and restarted with its data', async () => {
    const shared = await service('redis')
    expect(shared).not.toMatchObject({ url: own.url })
    const client = new Redis(own.url, { retryStrategy: () => 20, maxRetriesPerRequest: null })
    client.on('error', () => undefined)
    await client.set('kept', 'yes')
    await own.kill()
    await until(() => client.status === 'reconnecting' || client.status === 'connecting')
    await own.restart()
    expect(await client.get('kept')).toBe('yes')
    client.disconnect()
  })
})

describeWith(['kafka'], 'a Kafka of one\'s own', () => {
  let own: Breakable
  beforeAll(async () => { own = await privateKafka() })
  afterAll(() => own.stop())

  it('keeps what it acknowledged over a kill', async () => {
    await createTopic(own.url, 'log')
    await produce(own.url, 'log', 'acknowledged')
    await own.kill()
    await own.restart()
    expect(await consumeUntil(own.url, 'log', 'after-the-kill', 1)).toEqual(['acknowledged'])
  })
})

describe('a process that dies by SIGKILL', () => {
  it('leaves no server and no folder behind', async () => {
    const source = `
      import { runFolder, runNative } from './native.js'
      const folder = runFolder('orphan')
      const { pid } = runNative('sleep', ['600'], folder)
      process.stdout.write(JSON.stringify({ folder, pid }))
      setInterval(() => undefined, 1000)`
    const stdin = { contents: source, resolveDir: new URL('../support/services/', import.meta.url).pathname, loader: 'ts' } as const
    const built = buildSync({ stdin, bundle: true, write: false, platform: 'node', format: 'esm', logLevel: 'silent' })
    const child = spawn(process.execPath, ['--input-type=module', '-e', built.outputFiles[0]?.text ?? ''])
    const [line]: [Buffer] = await once(child.stdout, 'data') as [Buffer]
    const orphan: { folder: string; pid: number } = JSON.parse(line.toString())
    expect(processBirth(orphan.pid)).toBeDefined()
    child.kill('SIGKILL')
    await until(() => processBirth(orphan.pid) === undefined && !existsSync(orphan.folder))
  })
})

describe('a service that is not there', () => {
  it('says why instead of failing', async () => {
    const host = process.env['TIDINGS_TEST_SERVICES']
    delete process.env['TIDINGS_TEST_SERVICES']
    expect(await service('redis')).toMatchObject({ available: false, name: 'redis' })
    if (host !== undefined) process.env['TIDINGS_TEST_SERVICES'] = host
  })
})
