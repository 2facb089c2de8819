import { inspect } from 'node:util'
import fc from 'fast-check'
import { uuidv7 } from 'uuidv7'
import type { RecordedEvent } from '../../../events/event-store.js'
import type { ReadSide } from '../../../read-side/index.js'
import { scriptedConversation, scriptedLog, type ScriptedConversation, type ScriptedLog, type ScriptedMessage } from './history.js'
import type { OpenReadModels } from './subject.js'
import { readSideOf } from './subject.js'

const PEOPLE = 4
const CONVERSATIONS = 3

/** One thing that happens: which, by and about whom, in which conversation, about which of the messages so far. */
export interface Step {
  readonly what: 'send' | 'edit' | 'delete' | 'react' | 'unreact' | 'pin' | 'unpin' | 'turn' | 'role' | 'rename' | 'read' | 'epoch'
  readonly chat: number
  readonly who: number
  readonly pick: number
}

const whats: ReadonlyArray<Step['what']> = ['send', 'send', 'send', 'edit', 'delete', 'react', 'unreact', 'pin', 'unpin', 'turn', 'turn', 'role', 'rename', 'read', 'epoch']

export const steps: fc.Arbitrary<ReadonlyArray<Step>> = fc.array(
  fc.record({
    what: fc.constantFrom(...whats), chat: fc.nat(CONVERSATIONS - 1), who: fc.nat(PEOPLE - 1), pick: fc.nat(20),
  }),
  { minLength: 10, maxLength: 60 },
)

interface Played {
  readonly chat: ScriptedConversation
  readonly present: Set<string>
  readonly messages: ScriptedMessage[]
  readonly deleted: Set<ScriptedMessage>
}

const play = async ({ chat, present, messages, deleted }: Played, step: Step, who: string): Promise<unknown> => {
  const by = [...present][step.pick % present.size] ?? who
  const message = messages[step.pick % Math.max(1, messages.length)]
  if (step.what === 'turn') {
    if (!present.has(who)) return present.add(who) && chat.add(by, who, step.pick % 2 === 0 ? 'member' : 'admin')
    if (present.size === 1) return undefined
    present.delete(who)
    return step.pick % 2 === 0 ? chat.remove(by, who) : chat.leave(who)
  }
  if (step.what === 'send') return messages.push(await chat.send({ actor: by, device: who, counter: step.pick + 1 }, `text ${step.pick}`))
  if (step.what === 'rename') return chat.rename(by, `name ${step.pick}`)
  if (step.what === 'epoch') return chat.epoch(by)
  if (step.what === 'role') return present.has(who) ? chat.role(by, who, step.pick % 2 === 0 ? 'admin' : 'member') : undefined
  if (step.what === 'read') return chat.read(who, step.pick)
  if (message === undefined || deleted.has(message)) return undefined
  if (step.what === 'delete') deleted.add(message)
  const text = `r${step.pick % 2}`
  return step.what === 'edit' ? chat.edit(by, message, `edit ${step.pick}`) : step.what === 'react' || step.what === 'unreact' ? chat[step.what](by, message, text) : chat[step.what](by, message)
}

export interface RandomHistory {
  readonly log: ScriptedLog
  readonly people: ReadonlyArray<string>
  readonly conversations: ReadonlyArray<string>
}

/** Plays the steps on conversations that differ in their history. */
export const randomHistory = async (played: ReadonlyArray<Step>): Promise<RandomHistory> => {
  const log = scriptedLog()
  const people = Array.from({ length: PEOPLE }, () => uuidv7())
  const [creator = ''] = people
  const chats: Played[] = []
  for (let index = 0; index < CONVERSATIONS; index += 1) {
    const chat = scriptedConversation(log)
    await chat.create(creator, index % 2 === 0 ? 'shared' : 'sinceJoin')
    await chat.add(creator, creator, 'admin')
    chats.push({ chat, present: new Set([creator]), messages: [], deleted: new Set() })
  }
  for (const step of played) {
    const [chat, who] = [chats[step.chat], people[step.who]]
    if (chat !== undefined && who !== undefined) await play(chat, step, who)
  }
  return { log, people, conversations: chats.map(({ chat }) => chat.id) }
}

const questions = (read: ReadSide, account: string, conversation: string, sequence: number) => [
  read.timeline(account, conversation, { limit: 4 }),
  read.timeline(account, conversation, { olderThan: sequence, limit: 3 }),
  read.timeline(account, conversation, { newerThan: sequence, limit: 100 }),
  read.events(account, conversation, { from: sequence, limit: 5 }),
  read.message(account, conversation, sequence),
  read.conversation(account, conversation),
  read.readStates(account, conversation),
  read.inbox(account, { limit: 2 }),
  read.inbox(account, { limit: 10 }),
  read.memberships(account),
  read.range(conversation, sequence, sequence + 3),
  read.heads([conversation]),
]

const asText = (answer: unknown): string => inspect(answer, { depth: null, sorted: true, breakLength: Number.POSITIVE_INFINITY, maxArrayLength: null })

/** Every answer that the accounts get about a history, as text. */
export const allAnswers = async (models: OpenReadModels, { log, people, conversations }: RandomHistory): Promise<ReadonlyArray<string>> => {
  const read = readSideOf(models, log.keyStore)
  const answers: string[] = []
  const note = async (asked: string, task: () => Promise<unknown>) => { answers.push(`${asked}: ${asText(await task())}`) }
  for (const account of people) {
    for (const conversation of conversations) {
      for (const sequence of [0, 3, 7]) {
        for (const [index, question] of questions(read, account, conversation, sequence).entries()) await note(`question ${index}`, question)
        await note('facts', models.facts.bySequence(conversation, sequence))
      }
    }
    for (const after of ['start' as const, ...log.events.filter((_, index) => index % 9 === 0).map(({ position }: RecordedEvent) => position)]) {
      await note(`missed after ${after}`, read.missed(account, after, 7))
    }
  }
  return answers
}
