import { directConversationId } from '../../../events/ids.js'
import { accountOf, conversations, handleOf, idOf, newIdOf, openStories, openWord, outsiders, secretWords, storyIds, type Outsider } from './cast.js'

/** A request as an outsider makes it. */
export interface Probe {
  readonly method: 'GET' | 'POST'
  readonly url: string
  readonly body?: object
}

const get = (url: string): Probe => ({ method: 'GET', url })
const post = (url: string, body: object): Probe => ({ method: 'POST', url, body })
const command = (conversation: string, body: object, counter = 1): Probe => post(`/v1/conversations/${conversation}/commands`, { counter, command: body })
const onStory = (body: object): Probe => post('/v1/stories/commands', body)

const ofConversation = (id: string): ReadonlyArray<Probe> => [
  '', '/messages', '/messages/9', '/events', '/read-states',
].map((path) => get(`/v1/conversations/${id}${path}`))

const ownLists = [
  'inbox', 'inbox?limit=1', 'notifications', 'notifications?limit=1', 'account', 'account/settings', 'account/following', 'account/followers', 'account/followers?limit=1',
  'account/close-friends', 'account/blocked', 'account/hidden-from', 'account/muted',
].map((path) => get(`/v1/${path}`))

/** What was never there and never will be: everything foreign must look like it. */
export const absent = { conversation: newIdOf('absent'), story: newIdOf('absent story'), account: idOf('absent account') }

const inTurn = [conversations.team, conversations.side, conversations.pair, conversations.withBlocked]

/** Commands to what may be there in secret, none of which changes anything. */
const commands = (self: Outsider, step: number): ReadonlyArray<Probe> => {
  const message = (n: string) => ({ type: 'SendMessage', messageId: newIdOf('probe', self, String(step), n), content: { text: 'let me in' } })
  const [anna, storyId] = [accountOf('anna'), storyIds[step % storyIds.length] ?? absent.story]
  const id = inTurn[step % inTurn.length] ?? absent.conversation
  return [
    command(id, message(id)), command(id, { type: 'AddMembers', members: [accountOf(self)] }), command(id, { type: 'React', target: 5, reaction: { text: '+1' } }),
    post(`/v1/conversations/${id}/read`, { through: 6 }),
    command(conversations.vault, { type: 'SendMessage', messageId: newIdOf('probe', self, String(step), 'vault'), content: { ciphertext: 'AAAA' } }),
    ...['anna', 'dora'].map((author) => accountOf(author as 'anna' | 'dora')).flatMap((author) => [
      onStory({ type: 'ViewStory', author, storyId }), onStory({ type: 'ReactToStory', author, storyId, reaction: { text: '+1' } }),
      onStory({ type: 'UnreactToStory', author, storyId }), onStory({ type: 'InspectStory', author, storyId, reason: 'curious' }),
    ]),
    onStory({ type: 'DeleteStory', storyId }),
    command(directConversationId(accountOf(self), anna), { ...message('reply'), story: { author: anna, storyId } }, 7),
  ]
}

const searches = (words: string): Probe => get(`/v1/search?q=${encodeURIComponent(words)}`)

/** Everything that an outsider can ask about what it may not know, and about what it may. */
export const probesOf = (self: Outsider, step: number): ReadonlyArray<Probe> => [
  ...ownLists,
  ...[...Object.values(conversations), absent.conversation].flatMap(ofConversation),
  get(`/v1/accounts?ids=${outsiders.map(accountOf).join(',')},${accountOf('anna')},${absent.account}`),
  get(`/v1/accounts?handle=${handleOf('dora')}`),
  get('/v1/stories'),
  ...(['anna', 'dora'] as const).map((author) => get(`/v1/accounts/${accountOf(author)}/stories`)),
  ...[...storyIds, ...openStories, absent.story].map((id) => get(`/v1/stories/${id}`)),
  ...[storyIds[step % storyIds.length], openStories[0], absent.story].flatMap((id) => [get(`/v1/stories/${id}/viewers`), get(`/v1/stories/${id}/inspections`)]),
  ...[...secretWords, openWord, `conversation_id:${conversations.team}`, `sender_id:${accountOf('anna')}`].map(searches),
  ...commands(self, step),
]
