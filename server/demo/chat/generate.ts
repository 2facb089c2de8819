import { chanceOf, type Chance } from './chance.js'
import type { ChatEvent, ChatLog } from './log.js'
import { nickOf, textOf } from './words.js'

/** How busy the channel is. Everyone speaks at least once, so at most `messages` speakers appear. */
export interface Shape {
  readonly messages: number
  readonly speakers: number
}

// Shares of a message as measured over the 153 logs of the Ubuntu IRC corpus; answers as in their annotated parts.
const answers = 0.85
const actions = 0.006
const leaves = 0.013
const renames = 0.022
const lurkerJoins = 0.055
const presentFromTheStart = 0.75
const activitySpread = 1.2
const medianAnswerDistance = 3
const answerDistanceSpread = 1.05

/** Whose turn it is, message by message: each speaker once, the rest by log-normal activity. */
const turnsOf = (chance: Chance, { messages, speakers }: Shape): ReadonlyArray<number> => {
  const people = Math.min(speakers, messages)
  let total = 0
  const reach = Array.from({ length: people }, () => (total += chance.logNormal(1, activitySpread)))
  const draw = () => {
    const at = chance.fraction() * total
    return Math.max(0, reach.findIndex((end) => at < end))
  }
  const turns = Array.from({ length: people === 0 ? 0 : messages }, (_, turn) => (turn < people ? turn : draw()))
  for (let last = turns.length - 1; last > 0; last -= 1) {
    const other = chance.below(last + 1)
    const kept = turns[last] ?? 0
    turns[last] = turns[other] ?? 0
    turns[other] = kept
  }
  return turns
}

const channel = (chance: Chance, people: number) => {
  const events: ChatEvent[] = []
  const spoken: number[] = []
  let nicks = 0
  const freshNick = () => nickOf(chance, nicks++)
  const everyone = Array.from({ length: people }, () => ({ nick: freshNick(), inside: chance.happens(presentFromTheStart) }))
  const somebody = () => everyone[chance.below(everyone.length)]
  /** Joins, leaves and changes of nick between two messages. */
  const stir = () => {
    if (chance.happens(lurkerJoins)) events.push({ type: 'joined', nick: freshNick() })
    const leaver = chance.happens(leaves) ? somebody() : undefined
    if (leaver?.inside === true) {
      leaver.inside = false
      events.push({ type: 'parted', nick: leaver.nick })
    }
    const renamer = chance.happens(renames) ? somebody() : undefined
    if (renamer?.inside === true) {
      const to = freshNick()
      events.push({ type: 'renamed', from: renamer.nick, to })
      renamer.nick = to
    }
  }
  const speak = (person: number) => {
    const speaker = everyone[person]
    if (speaker === undefined) return
    if (!speaker.inside) events.push({ type: 'joined', nick: speaker.nick })
    speaker.inside = true
    const distance = Math.ceil(chance.logNormal(medianAnswerDistance, answerDistanceSpread))
    const replyTo = chance.happens(answers) ? spoken.at(-distance) : undefined
    const line = events.length
    const said = { type: 'said', line, nick: speaker.nick, text: textOf(chance), action: chance.happens(actions) } as const
    spoken.push(line)
    events.push(replyTo === undefined ? said : { ...said, replyTo })
  }
  return { events, stir, speak }
}

/**
 * An invented log in the shape of the real ones, for machines without them. The same seed and shape give the same log;
 * exactly `messages` messages (none without speakers) by exactly min(`speakers`, `messages`) persons.
 */
export const generateLog = (seed: number, shape: Shape): ChatLog => {
  const chance = chanceOf(seed)
  const turns = turnsOf(chance, shape)
  const { events, stir, speak } = channel(chance, Math.min(shape.speakers, shape.messages))
  for (const person of turns) {
    stir()
    speak(person)
  }
  return { name: `generated-${String(seed)}`, events }
}
