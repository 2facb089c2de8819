import type { Played } from './play.js'
import type { Verified } from './verify.js'

const shownMessages = 12
const widest = 100

/** The first page of a timeline as a reader sees it: order, speaker, reply. */
export const pageLines = (played: Played | undefined, verified: Verified | undefined): ReadonlyArray<string> => {
  if (played === undefined || verified === undefined) return []
  const speakers = new Map<number, string>()
  const nicks = new Map(played.plan.persons.map(({ key, nick }) => [key, nick]))
  for (const step of played.plan.steps) {
    if (step.type === 'rename') nicks.set(step.person, step.nick)
    if (step.type === 'send') speakers.set(played.sequences[step.message] ?? -1, nicks.get(step.person) ?? step.person)
  }
  const lines = verified.firstPage.messages.slice(0, shownMessages).map(({ sequence, content, replyTo }) => {
    const text = content !== null && 'text' in content ? content.text : '(nothing to read)'
    return `${String(sequence).padStart(5)}  ${speakers.get(sequence) ?? '?'}${replyTo === undefined ? '' : ` (to ${replyTo})`}: ${text}`.slice(0, widest)
  })
  return [`The beginning of ${played.plan.name} as a member reads it:`, ...lines]
}
