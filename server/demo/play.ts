import { limits } from '../../events/limits.js'
import type { DeliveredEvent } from '../../events/wire/answers.js'
import { inParallel } from '../../platform/in-parallel.js'
import { newId } from '../../platform/identifiers.js'
import { staysOf, type Stay } from './chat/expectation.js'
import type { Plan, PlannedPerson, Step } from './chat/plan.js'
import { watchMember, type MemberLedger, type Stopwatches } from './ledger.js'
import { profileOf, type Enter, type Participant } from './participant.js'

export interface PlayOptions {
  readonly run: string
  readonly enter: Enter
  readonly stopwatches: Stopwatches
  /** 0 … 1, drawn before each step: whether some member's socket is cut. */
  readonly dropRate: number
  readonly random: () => number
  readonly onMessage: () => void
  /** Nothing heard for so long while something is missing: it is lost. */
  readonly patienceMs: number
}

export interface Played {
  readonly plan: Plan
  readonly conversation: string
  readonly keeper: Participant
  /** Sequence of each message, by its number in the plan. */
  readonly sequences: ReadonlyArray<number>
  readonly ledgers: ReadonlyArray<MemberLedger>
  readonly drops: number
  readonly leave: () => Promise<void>
}

interface Actor {
  readonly participant: Participant
  readonly stays: ReadonlyArray<Stay>
  readonly watch: ReturnType<typeof watchMember>
}

const enterAtOnce = 24

const keeperOf = (plan: Plan): PlannedPerson => ({ key: `keeper of ${plan.name}`, nick: 'keeper' })

/** Everyone of the plan, at their sockets; and the keeper, who founds the group and lets people in. */
const assemble = async (plan: Plan, options: PlayOptions, hear: (watch: Actor['watch']) => (event: DeliveredEvent) => void) => {
  const enter = async (person: PlannedPerson, stays: ReadonlyArray<Stay>): Promise<[string, Actor]> => {
    const watch = watchMember(`${plan.name} ${person.key}`, stays)
    const subject = `${options.run}/${plan.name}/${person.key}`
    return [person.key, { stays, watch, participant: await options.enter(subject, profileOf(`${options.run}/${plan.name}`, person), hear(watch)) }]
  }
  const keeper = await enter(keeperOf(plan), [{ from: 0, to: plan.messages }])
  const actors = new Map(await inParallel(plan.persons, enterAtOnce, (person) => enter(person, staysOf(plan, person.key))))
  return { keeper: keeper[1], actors, all: [keeper[1], ...actors.values()] }
}

const found = async (conversation: string, keeper: Participant, members: ReadonlyArray<string>, name: string): Promise<void> => {
  const first = members.slice(0, limits.membersPerCommand)
  await keeper.command(conversation, {
    type: 'CreateConversation', kind: 'group', encryption: 'readable', history: 'sinceJoin', members: [...first], name: { text: name },
  })
  for (let at = first.length; at < members.length; at += limits.membersPerCommand) {
    await keeper.command(conversation, { type: 'AddMembers', members: members.slice(at, at + limits.membersPerCommand) })
  }
}

/** Who may not see a message cannot answer it: the few such replies of the logs are sent as plain messages. */
const replyFor = (actor: Actor, sequences: ReadonlyArray<number>, replyTo: number | undefined): { replyTo?: number } => {
  const sequence = replyTo === undefined ? undefined : sequences[replyTo]
  const seen = replyTo !== undefined && actor.stays.some(({ from, to }) => replyTo >= from && replyTo < to)
  return sequence !== undefined && seen ? { replyTo: sequence } : {}
}

const cutSomeone = (actors: ReadonlyArray<Actor>, { random, dropRate }: PlayOptions): number => {
  if (random() >= dropRate) return 0
  actors[Math.floor(random() * actors.length)]?.participant.drop()
  return 1
}

const settle = async (actors: ReadonlyArray<Actor>, lastHeard: () => number, patienceMs: number): Promise<void> => {
  while (!actors.every(({ watch }) => watch.complete()) && performance.now() - lastHeard() < patienceMs) {
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/**
 * Plays one log: each message is sent from its speaker's own socket once the one before it is acknowledged, so the
 * conversation's order must be the log's. All members listen meanwhile; some are cut at random and resume.
 */
export const play = async (plan: Plan, options: PlayOptions): Promise<Played> => {
  const { stopwatches } = options
  const numberOf = new Map<string, number>()
  const sentAt: number[] = []
  const sequences: number[] = []
  let lastHeard = performance.now()
  let drops = 0
  const { keeper, actors, all } = await assemble(plan, options, (watch) => (event) => {
    if (event.type !== 'MessageSent') return
    const message = numberOf.get(String(event.data['messageId']))
    if (message === undefined) return
    lastHeard = performance.now()
    stopwatches.recordPushed(lastHeard - (sentAt[message] ?? lastHeard))
    watch.heard(message)
  })
  const conversation = newId()
  const actorOf = (key: string): Actor => actors.get(key) ?? keeper
  await found(conversation, keeper.participant, plan.members.map((key) => actorOf(key).participant.userId), plan.name)

  const send = async (actor: Actor, step: Extract<Step, { type: 'send' }>): Promise<void> => {
    const messageId = newId()
    numberOf.set(messageId, step.message)
    const began = performance.now()
    sentAt[step.message] = began
    const { sequence } = await actor.participant.command(conversation, {
      type: 'SendMessage', messageId, content: { text: step.text }, ...replyFor(actor, sequences, step.replyTo),
    })
    sequences[step.message] = sequence
    stopwatches.recordAcknowledged(performance.now() - began)
    options.onMessage()
  }
  const perform = async (step: Step): Promise<void> => {
    const actor = actorOf(step.person)
    switch (step.type) {
      case 'join': await keeper.participant.command(conversation, { type: 'AddMembers', members: [actor.participant.userId] }); return
      case 'leave': await actor.participant.command(conversation, { type: 'LeaveConversation' }); return
      case 'rename': return actor.participant.rename(step.nick)
      case 'send': return send(actor, step)
    }
  }
  for (const step of plan.steps) {
    drops += cutSomeone(all, options)
    await perform(step)
  }
  lastHeard = performance.now()
  await settle(all, () => lastHeard, options.patienceMs)
  const leave = async () => { await Promise.all(all.map(({ participant }) => participant.close())) }
  return { plan, conversation, keeper: keeper.participant, sequences, ledgers: all.map(({ watch }) => watch.close()), drops, leave }
}
