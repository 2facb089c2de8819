import type { StreamName } from '../../events/event-store.js'
import type { Feed } from '../../projections/ports.js'
import { partitionOf } from '../feed/partition.js'
import { untilDone } from '../feed/until-done.js'
import { ignoreProblem, type OnProblem } from '../problem.js'
import type { KafkaConnection } from './client.js'
import { consumeAsMember } from './consume.js'
import { ensureEventsTopic, type TopicSettings } from './topics.js'

export interface KafkaFeedOptions {
  readonly connection: KafkaConnection
  readonly topic: TopicSettings
  readonly onProblem?: OnProblem
}

/**
 * Projections' feed from the events topic that the relay fills (docs/kafka.md); makes the topic if need be.
 *
 * Group: its members share the partitions. A batch that is being handled while its partition goes to another member is
 * not called back: the checkpoint decides whose writes count. Offsets are committed after handling, once a second,
 * and only shorten the next start; what `resumeAfter` says is delivered whatever they are.
 * The head of the log is here the end of the topic when the partition was assigned. Progress of idle partitions
 * comes with the relay's ticks.
 * A record that nobody can read stops its partition, loudly; the others go on. A consumer that crashed or fell silent is
 * replaced by a new one.
 */
export const kafkaFeed = ({ connection, topic, onProblem = ignoreProblem }: KafkaFeedOptions): Feed => ({
  partitions: topic.partitions,
  partitionOf: (stream: StreamName) => partitionOf(stream, topic.partitions),
  consume: async (options) => {
    const member = async (): Promise<void> => {
      await ensureEventsTopic(connection, topic)
      await consumeAsMember({ connection, topic, onProblem }, options)
    }
    await untilDone(member, options.signal, (error) => onProblem({ where: 'feed', doing: `consuming as ${options.group}`, error }))
  },
})
