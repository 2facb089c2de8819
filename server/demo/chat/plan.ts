import type { ChatEvent, ChatLog, Said } from './log.js'
import { castOf, type Cast } from './persons.js'
import { clip } from './text.js'

/** `key` is unique in the plan and stable for the same log; `nick` is the first one and may repeat. */
export interface PlannedPerson {
  readonly key: string
  readonly nick: string
}

/** `person` is a key. `message` counts the sends of the plan from 0; `replyTo` is such a number, of an earlier send. */
export type Step =
  | { readonly type: 'join'; readonly person: string }
  | { readonly type: 'leave'; readonly person: string }
  | { readonly type: 'rename'; readonly person: string; readonly nick: string }
  | { readonly type: 'send'; readonly person: string; readonly message: number; readonly text: string; readonly replyTo?: number }

/** What of the log the plan leaves out. */
export interface Ignored {
  readonly eventsOfSilentPersons: number
  readonly joinsOfMembers: number
  readonly leavesOfNonMembers: number
  readonly emptyMessages: number
  readonly repliesToEmptyMessages: number
}

/** What the plan adds to the log: joins of those who speak from outside, leaves of those whose nick another takes. */
export interface Inserted {
  readonly joins: number
  readonly leaves: number
}

/** A script that any messaging system can play: only members send, only members leave, nobody joins twice. */
export interface Plan {
  readonly name: string
  readonly persons: ReadonlyArray<PlannedPerson>
  /** Keys of the members before the first step. */
  readonly members: ReadonlyArray<string>
  readonly steps: ReadonlyArray<Step>
  readonly messages: number
  readonly ignored: Ignored
  readonly inserted: Inserted
}

const isMessage = (event: ChatEvent | undefined): boolean => event?.type === 'said' && event.text.trim() !== ''

/** Indexes of the persons who say anything at all. */
const speakersIn = (log: ChatLog, cast: Cast): ReadonlySet<number> =>
  new Set(cast.actors.filter((_, at) => isMessage(log.events[at])))

/** The script in the making: steps so far, and who is a member after them. */
const blankScript = (members: ReadonlyArray<string>) => {
  const inside = new Set(members)
  const steps: Step[] = []
  const messageOfEvent = new Map<number, number>()
  const join = (person: string): boolean => {
    const enters = !inside.has(person)
    if (enters) steps.push({ type: 'join', person })
    inside.add(person)
    return enters
  }
  const leave = (person: string): boolean => {
    const leaves = inside.delete(person)
    if (leaves) steps.push({ type: 'leave', person })
    return leaves
  }
  const rename = (person: string, nick: string) => { steps.push({ type: 'rename', person, nick }) }
  const send = (person: string, at: number, { text, action, replyTo: event }: Said) => {
    const message = messageOfEvent.size
    const replyTo = event === undefined ? undefined : messageOfEvent.get(event)
    messageOfEvent.set(at, message)
    const words = action ? clip(`/me ${text}`) : text
    steps.push({ type: 'send', person, message, text: words, ...(replyTo === undefined ? {} : { replyTo }) })
  }
  return { steps, messageOfEvent, join, leave, rename, send }
}

/**
 * Turns a log into a script. Persons who never say anything are left out with all they do; whoever speaks while not a
 * member joins first; whoever loses the nick to another had gone unseen and leaves. A /me is sent as `/me text`.
 */
export const planOf = (log: ChatLog): Plan => {
  const cast = castOf(log)
  const speakers = speakersIn(log, cast)
  const planned = cast.persons.filter((_, index) => speakers.has(index))
  const members = planned.filter((person) => person.initial).map((person) => person.key)
  const script = blankScript(members)
  const ignored = { eventsOfSilentPersons: 0, joinsOfMembers: 0, leavesOfNonMembers: 0, emptyMessages: 0, repliesToEmptyMessages: 0 }
  const inserted = { joins: 0, leaves: 0 }
  const play = (event: ChatEvent, at: number, person: string): void => {
    switch (event.type) {
      case 'joined':
        if (!script.join(person)) ignored.joinsOfMembers += 1
        return
      case 'parted':
        if (!script.leave(person)) ignored.leavesOfNonMembers += 1
        return
      case 'renamed':
        return script.rename(person, event.to)
      case 'said':
        if (!isMessage(event)) ignored.emptyMessages += 1
        else {
          if (script.join(person)) inserted.joins += 1
          if (event.replyTo !== undefined && !script.messageOfEvent.has(event.replyTo)) ignored.repliesToEmptyMessages += 1
          script.send(person, at, event)
        }
    }
  }
  for (const [at, event] of log.events.entries()) {
    const robbed = cast.persons[cast.displaced.get(at) ?? -1]
    if (robbed !== undefined && script.leave(robbed.key)) inserted.leaves += 1
    const actor = cast.actors[at] ?? -1
    const person = cast.persons[actor]
    if (person === undefined || !speakers.has(actor)) ignored.eventsOfSilentPersons += 1
    else play(event, at, person.key)
  }
  const persons = planned.map(({ key, firstNick }) => ({ key, nick: firstNick }))
  return { name: log.name, persons, members, steps: script.steps, messages: script.messageOfEvent.size, ignored, inserted }
}
