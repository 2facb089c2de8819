import type { StreamName } from '../../events/event-store.js'

// Where a stream lies is persisted for ever: neither the hash nor the number of partitions of a topic may change.
const SEED = 0x9747b28c
const MULTIPLIER = 0x5bd1e995
const POSITIVE = 0x7fffffff

const mixed = (word: number): number => {
  const product = Math.imul(word, MULTIPLIER)
  return Math.imul(product ^ (product >>> 24), MULTIPLIER)
}

/** Murmur2 of bytes as Kafka's own Java producer computes it, as a signed 32-bit number. */
export const murmur2 = (bytes: Buffer): number => {
  const whole = bytes.length - (bytes.length % 4)
  let hash = SEED ^ bytes.length
  for (let at = 0; at < whole; at += 4) hash = Math.imul(hash, MULTIPLIER) ^ mixed(bytes.readInt32LE(at))
  if (bytes.length > whole) hash = Math.imul(hash ^ bytes.readUIntLE(whole, bytes.length - whole), MULTIPLIER)
  hash = Math.imul(hash ^ (hash >>> 13), MULTIPLIER)
  return hash ^ (hash >>> 15)
}

/** The partition of a stream, from 0; what Kafka's default partitioner gives for the stream's name as key. */
export const partitionOf = (stream: StreamName, partitions: number): number => (murmur2(Buffer.from(stream, 'utf8')) & POSITIVE) % partitions
