import * as O from 'fp-ts/lib/Option.js'
import type { Admin, Consumer, EachBatchPayload } from 'kafkajs'
import type { Place } from '../feed/places.js'
import { untilDone } from '../feed/until-done.js'
import type { OnProblem } from '../problem.js'
import { openPartition, startsOf, type ConsumeOptions, type OpenPartition, type Start } from './assignment.js'

export interface ShareOptions {
  readonly consumer: Consumer
  readonly admin: Admin
  readonly topic: string
  readonly groupId: string
  readonly options: ConsumeOptions
  readonly onProblem: OnProblem
}

/** The partitions that one consumer has of the topic, and how far it has handled them. */
export interface Share {
  /** The group has given out its partitions anew. Neither waits nor throws. */
  readonly assign: (partitions: ReadonlyArray<number>) => void
  readonly take: (payload: EachBatchPayload) => void
  /** Commits what was handled since the last time; that it fails only makes the next start read more. */
  readonly commit: () => Promise<void>
  /** Takes nothing any more; resolves when nothing is being handled. */
  readonly end: () => Promise<void>
}

interface Handled {
  readonly offset: number
  readonly through: Place
}

/** kafkajs throws when its consumer is gone already; its crash is told elsewhere. */
const unlessGone = (work: () => void): void => {
  try {
    work()
  } catch {
    return
  }
}

const fetching = (consumer: Consumer, topic: string) => ({
  pause: (partitions: ReadonlyArray<number>) => unlessGone(() => consumer.pause([{ topic, partitions: [...partitions] }])),
  resume: (partition: number) => unlessGone(() => consumer.resume([{ topic, partitions: [partition] }])),
  seek: (partition: number, offset: number) => unlessGone(() => consumer.seek({ topic, partition, offset: String(offset) })),
})

const commits = (consumer: Consumer, topic: string) => {
  const handled = new Map<number, Handled>()
  const commit = async (): Promise<void> => {
    const offsets = [...handled].flatMap(([partition, { offset, through }]) =>
      through === 'start' ? [] : [{ topic, partition, offset: String(offset), metadata: through }])
    handled.clear()
    if (offsets.length > 0) await consumer.commitOffsets(offsets).catch(() => undefined)
  }
  return { commit, note: (partition: number, offset: number, through: Place) => { handled.set(partition, { offset, through }) } }
}

type Told = (doing: string) => (error: unknown) => void

/** Opens the partitions where they go on; none when the signal aborted. */
const openPartitions = async (
  { admin, topic, groupId, options }: ShareOptions, partitions: ReadonlyArray<number>, signal: AbortSignal, told: Told,
  note: ReturnType<typeof commits>['note'],
): Promise<ReadonlyArray<readonly [number, Start, OpenPartition]>> => {
  const ask = (partition: number) => untilDone(() => options.resumeAfter(partition), signal, told(`asking where partition ${partition} goes on`))
  const answers = await Promise.all(partitions.map(async (partition) => [partition, await ask(partition)] as const))
  const places = new Map(answers.flatMap(([partition, place]) => (O.isSome(place) ? [[partition, place.value] as const] : [])))
  const starts = await untilDone(() => startsOf(admin, topic, groupId, places), signal, told('asking for the offsets'))
  if (O.isNone(starts) || signal.aborted) return []
  return [...starts.value].map(([partition, start]) => {
    const opened = openPartition({
      partition, start, resumeAfter: places.get(partition) ?? 'start', maxEvents: options.maxEvents, handle: options.handle, signal,
      handled: (offset, through) => note(partition, offset, through), onFailure: told(`handling a batch of partition ${partition}`),
    })
    return [partition, start, opened]
  })
}

/** A partition is paused while it is being opened, while it is full, and for good behind a record that nobody can read. */
export const consumerShare = (share: ShareOptions): Share => {
  const { consumer, topic, groupId, onProblem } = share
  const told: Told = (doing) => (error) => onProblem({ where: 'feed', doing: `${doing} of ${groupId}`, error })
  const { pause, resume, seek } = fetching(consumer, topic)
  const { commit, note } = commits(consumer, topic)
  let generation = new AbortController()
  let open = new Map<number, OpenPartition>()
  let opening: Promise<ReadonlyArray<OpenPartition>> = Promise.resolve([])

  const end = async (): Promise<void> => {
    generation.abort()
    open = new Map()
    const opened = await opening
    await Promise.all(opened.map(({ lane }) => lane.ended))
  }
  const start = async (partitions: ReadonlyArray<number>, signal: AbortSignal): Promise<ReadonlyArray<OpenPartition>> => {
    const started = await openPartitions(share, partitions, signal, told, note)
    for (const [partition, { offset }, opened] of signal.aborted ? [] : started) {
      open.set(partition, opened)
      seek(partition, offset)
      resume(partition)
    }
    return started.map(([, , opened]) => opened)
  }
  const assign: Share['assign'] = (partitions) => {
    pause(partitions)
    const ended = end()
    const { signal } = (generation = new AbortController())
    opening = ended.then(() => start(partitions, signal))
  }
  const take: Share['take'] = ({ batch: { partition, messages }, isStale }) => {
    const opened = open.get(partition)
    if (opened === undefined || isStale()) return
    const { signal } = generation
    const { from, malformed } = opened.take(messages)
    if (from !== undefined) seek(partition, from)
    if (malformed !== undefined) {
      open.delete(partition)
      pause([partition])
      told(`reading partition ${partition}, which stops here,`)(malformed)
    } else if (opened.lane.isFull()) {
      pause([partition])
      void opened.lane.room().then(() => { if (!signal.aborted) resume(partition) })
    }
  }
  return { assign, take, commit, end }
}
