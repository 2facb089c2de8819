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

const FIRST_RETRY_MS = 50
const LONGEST_RETRY_MS = 1_000

/**
 * How often kafkajs tries by itself. `few`: its caller has a loop of its own, that can be stopped. `many`: for consumers, since
 * one that is made anew waits until the group gives up the old one (the session timeout).
 */
const ATTEMPTS = { few: 3, many: 50 } as const

export const kafkaClient = ({ brokers, ssl, sasl }: KafkaConnection, attempts: keyof typeof ATTEMPTS = 'few'): Kafka =>
  new Kafka({
    clientId: 'tidings',
    brokers: [...brokers],
    logLevel: logLevel.NOTHING,
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    retry: {
      initialRetryTime: FIRST_RETRY_MS, maxRetryTime: LONGEST_RETRY_MS, retries: ATTEMPTS[attempts], restartOnFailure: () => Promise.resolve(false),
    },
    ...(ssl === undefined ? {} : { ssl }),
    ...(sasl === undefined ? {} : { sasl }),
  })
