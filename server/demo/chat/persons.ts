import type { ChatEvent, ChatLog } from './log.js'

/**
 * Somebody in a log: whoever holds a nick, through every change of it. `key` is stable for the same log; first nicks
 * may repeat. `initial`: was in the channel before the log begins. `messages` counts what they say, empty lines too.
 */
export interface Person {
  readonly key: string
  readonly firstNick: string
  readonly lastNick: string
  readonly initial: boolean
  readonly messages: number
}

export interface Cast {
  /** In order of first appearance. */
  readonly persons: ReadonlyArray<Person>
  /** Who each event is about: indexes into `persons`, one an event. */
  readonly actors: ReadonlyArray<number>
  /** By event: whom a rename robs of the nick. Nicks are unique on IRC, so that person had gone unseen. */
  readonly displaced: ReadonlyMap<number, number>
}

interface Seat {
  firstNick: string
  lastNick: string
  initial: boolean
  messages: number
}

const subjectOf = (event: ChatEvent): string => (event.type === 'renamed' ? event.from : event.nick)

/**
 * Follows each person through a log. A nick that comes back after leaving is the same person; a nick that was given up
 * by a rename and turns up again is a new one. Who is first seen otherwise than joining was there from the start.
 */
export const castOf = (log: ChatLog): Cast => {
  const seats: Seat[] = []
  const holders = new Map<string, number>()
  const seen = new Set<string>()
  const displaced = new Map<number, number>()
  const sit = (nick: string, event: ChatEvent): number => {
    seats.push({ firstNick: nick, lastNick: nick, initial: event.type !== 'joined' && !seen.has(nick), messages: 0 })
    return seats.length - 1
  }
  const actors = log.events.map((event, at) => {
    const nick = subjectOf(event)
    const actor = holders.get(nick) ?? sit(nick, event)
    const seat = seats[actor]
    holders.set(nick, actor)
    seen.add(nick)
    if (event.type === 'said' && seat !== undefined) seat.messages += 1
    if (event.type === 'renamed' && seat !== undefined && event.to !== event.from) {
      const robbed = holders.get(event.to)
      if (robbed !== undefined) displaced.set(at, robbed)
      holders.delete(event.from)
      holders.set(event.to, actor)
      seen.add(event.to)
      seat.lastNick = event.to
    }
    return actor
  })
  return { persons: seats.map((seat, index) => ({ key: `p${String(index)}`, ...seat })), actors, displaced }
}

/** Whom the event at this index of the log is about. */
export const personOf = (cast: Cast, event: number): Person | undefined => cast.persons[cast.actors[event] ?? -1]

/** The nicks that were in the channel before the log begins, as far as the log shows, in order of first appearance. */
export const initialNicks = ({ persons }: Pick<Cast, 'persons'>): ReadonlyArray<string> =>
  persons.filter((person) => person.initial).map((person) => person.firstNick)
