import { directConversationId } from '../../../events/ids.js'
import { newId } from '../../../platform/identifiers.js'
import type { Channel } from './expected.js'
import { bodyOf, type Answer, type Person } from './door.js'

/** A story that was posted, with a word that stands nowhere else. */
export interface PostedStory {
  readonly id: string
  readonly author: Person
  readonly word: string
  /** Of an acknowledgement after everything that matters: queries wait for it. */
  readonly position: () => string
}

/** Whether it came to them; `torn` where two ways of one channel say different things. */
export type Found = boolean | 'torn'

type Probe = (who: Person, story: PostedStory) => Promise<Found>

const agreed = (...found: ReadonlyArray<boolean>): Found => (found.every((one) => one === found[0]) ? (found[0] ?? false) : 'torn')
const holds = ({ status, body }: Answer, text: string): boolean => status === 200 && JSON.stringify(body).includes(text)
const taken = ({ status }: Answer): boolean => status === 200

const onStory = (who: Person, command: object): Promise<Answer> => who.post('/v1/stories/commands', command)
const naming = ({ id, author }: PostedStory) => ({ author: author.account, storyId: id })

const replying = async (who: Person, story: PostedStory, counters: Map<string, number>): Promise<Found> => {
  if (who.account === story.author.account || who.account === '') return false
  const counter = (counters.get(who.account) ?? 1) + 1
  const command = { type: 'SendMessage', messageId: newId(), content: { text: 'an answer' }, story: naming(story) }
  const answer = await who.post(`/v1/conversations/${directConversationId(who.account, story.author.account)}/commands`, { counter, command })
  if (taken(answer)) counters.set(who.account, counter)
  return taken(answer)
}

/**
 * By each channel whether a story comes to somebody. `counters` are of the direct conversations with the author, which each made
 * by command 1. Looking and answering leave traces: the channels are probed in the order of the table.
 */
export const probes = (counters: Map<string, number>): Readonly<Record<Channel, Probe>> => ({
  query: async (who, story) => {
    const [one, all] = [await who.get(`/v1/stories/${story.id}?after=${story.position()}`), await who.get(`/v1/accounts/${story.author.account}/stories`)]
    return agreed(holds(one, story.word), holds(all, story.id))
  },
  tray: async (who, { id, position }) => holds(await who.get(`/v1/stories?after=${position()}`), id),
  push: async (who, { id }) => who.pushed().has(id),
  search: async (who, { word, position }) => {
    const answer = await who.get(`/v1/search?q=${word}&after=${position()}`)
    return answer.status === 200 && bodyOf(answer)['total'] !== 0
  },
  counts: async (who, story) => {
    const looked = taken(await onStory(who, { type: 'ViewStory', ...naming(story) }))
    const again = taken(await onStory(who, { type: 'ViewStory', ...naming(story) }))
    const seen = async () => holds(await story.author.get(`/v1/stories/${story.id}/viewers`), who.account === '' ? 'nobody' : who.account)
    // A look of the author's own is taken and counts nothing; others are counted within a moment.
    const own = who.account === story.author.account
    return own ? agreed(looked, again, true) === true && (await seen()) : agreed(looked, again, looked ? await eventually(seen) : await seen())
  },
  notifications: async (who, { id, position }) => holds(await who.get(`/v1/notifications?after=${position()}`), id),
  reactions: async (who, story) => taken(await onStory(who, { type: 'ReactToStory', ...naming(story), reaction: { text: '+1' } })),
  replies: (who, story) => replying(who, story, counters),
  look: async (who, story) => holds(await onStory(who, { type: 'InspectStory', ...naming(story), reason: 'to see what they see' }), story.word),
})

const pollMs = 20
const patienceMs = 10_000

/** Whether it holds within 10 s: read models follow the log. */
export const eventually = async (condition: () => Promise<boolean>): Promise<boolean> => {
  const deadline = performance.now() + patienceMs
  while (performance.now() < deadline) {
    if (await condition()) return true
    await new Promise((resolve) => setTimeout(resolve, pollMs))
  }
  return false
}
