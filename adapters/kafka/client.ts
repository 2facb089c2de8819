import { Kafka, logLevel } from 'kafkajs'
import type { KafkaConfig } from 'kafkajs'

/** How a Kafka cluster is reached; 3.x or 4.x. */
export interface KafkaConnection {
  /** `host:port` of some brokers; the others are learnt from them. */
  readonly brokers: ReadonlyArray<string>
  readonly ssl?: KafkaConfig['ssl']
  readonly sasl?: KafkaConfig['sasl']
}

const CONNECTION_TIMEOUT_MS = 1_000
const REQUEST_TIMEOUT_MS = 10_000

/** Few attempts here: relay and feed are supervised by loops of their own, that can also be stopped. */
const RETRY = { initialRetryTime: 50, maxRetryTime: 500, retries: 3, restartOnFailure: () => Promise.resolve(false) } as const

export const kafkaClient = ({ brokers, ssl, sasl }: KafkaConnection): Kafka =>
  new Kafka({
    clientId: 'tidings',
    brokers: [...brokers],
    logLevel: logLevel.NOTHING,
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    retry: RETRY,
    ...(ssl === undefined ? {} : { ssl }),
    ...(sasl === undefined ? {} : { sasl }),
  })
