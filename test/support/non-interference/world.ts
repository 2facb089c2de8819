import type { Acknowledgement } from '../../../events/wire/answers.js'
import type { ServerFrame } from '../../../events/wire/frames.js'
import { until } from '../until.js'
import { accountOf, callerOf, conversations, everyone, handleOf, insiders, newIdOf, openStories, outsiders, storyIds, type Outsider, type Person } from './cast.js'
import type { House, Socket } from './house.js'
import { absent, probesOf } from './probes.js'
import type { Act, Script } from './script.js'
import { namer } from './transcript.js'

const BEGIN_MS = Date.UTC(2026, 0, 1)

const known: ReadonlySet<string> = new Set([
  ...everyone.flatMap((person) => [callerOf(person).account, callerOf(person).device]),
  ...Object.values(conversations), ...storyIds, ...openStories, ...Object.values(absent),
])

/** What happened before any script, among accounts that are there. */
const past: ReadonlyArray<Act> = [
  ...insiders.map((as): Act => ({ as, account: { type: 'SetLastSeen', visibleTo: 'nobody' } })),
  { as: 'anna', on: 'team', command: { type: 'CreateConversation', kind: 'group', encryption: 'readable', history: 'shared', members: [accountOf('bert'), accountOf('removed')] } },
  ...[0, 1, 2].map((n): Act => ({ as: 'anna', on: 'team', command: { type: 'SendMessage', messageId: newIdOf('past', String(n)), content: { text: `lantern ${n}` } } })),
  { as: 'anna', on: 'team', command: { type: 'RemoveMember', userId: accountOf('removed') } },
  { as: 'anna', on: 'vault', command: { type: 'CreateConversation', kind: 'group', encryption: 'e2ee', history: 'sinceJoin', members: [accountOf('bert'), accountOf('removed')] } },
  { as: 'anna', on: 'vault', command: { type: 'SendMessage', messageId: newIdOf('past', 'vault'), content: { ciphertext: 'AAAA' } } },
  { as: 'anna', on: 'vault', command: { type: 'RemoveMember', userId: accountOf('removed') } },
  { as: 'guide', on: 'home', command: { type: 'CreateConversation', kind: 'group', encryption: 'readable', history: 'shared', members: outsiders.map(accountOf) } },
  { as: 'anna', on: 'withBlocked', command: { type: 'CreateConversation', kind: 'direct', encryption: 'readable', history: 'shared', members: [accountOf('blocked')] } },
  { as: 'anna', on: 'withBlocked', command: { type: 'SendMessage', messageId: newIdOf('past', 'blocked'), content: { text: 'farewell' } } },
  { as: 'blocked', account: { type: 'Follow', userId: accountOf('anna') } },
  { as: 'anna', account: { type: 'Block', userId: accountOf('blocked') } },
  ...(['follower', 'hidden'] as const).map((as): Act => ({ as, account: { type: 'Follow', userId: accountOf('anna') } })),
  { as: 'anna', account: { type: 'HideStoriesFrom', userId: accountOf('hidden'), hidden: true } },
  ...(['bert', 'cleo'] as const).map((one): Act => ({ as: 'anna', account: { type: 'AddCloseFriend', userId: accountOf(one) } })),
]

/** What an outsider was answered, step by step, and what came over its socket: kind by kind, each in its order. */
export interface Transcript {
  readonly answers: ReadonlyArray<readonly [probe: string, answer: unknown]>
  readonly frames: Readonly<Record<string, ReadonlyArray<unknown>>>
}
export type Transcripts = ReadonlyMap<Outsider, Transcript>

/** What was answered to an act, with the place of what it left. */
interface Answered {
  readonly status: number
  readonly body: unknown
}

const playing = ({ request, listen }: House) => {
  const present = new Map<Person, Socket | undefined>()
  const counters = new Map<string, number>()
  let last: string | undefined

  const numbered = async ({ as, on, command }: Extract<Act, { readonly on: unknown }>): Promise<Answered> => {
    const place = `${as} ${on}`
    const counter = (counters.get(place) ?? 0) + 1
    const answer = await request(as, 'POST', `/v1/conversations/${conversations[on]}/commands`, { counter, command })
    if (answer.status === 200 && (answer.body as Partial<Acknowledgement>).unchanged === undefined) counters.set(place, counter)
    return answer
  }
  const come = async (who: Person, comes: boolean): Promise<Answered> => {
    present.get(who)?.leave()
    present.set(who, comes ? await listen(who) : undefined)
    return { status: 200, body: {} }
  }
  const answerTo = (act: Act): Promise<Answered> => {
    if ('comes' in act) return come(act.as, act.comes)
    if ('on' in act) return numbered(act)
    if ('readIn' in act) return request(act.as, 'POST', `/v1/conversations/${conversations[act.readIn]}/read`, { through: act.through })
    return 'account' in act ? request(act.as, 'POST', '/v1/account/commands', act.account) : request(act.as, 'POST', '/v1/stories/commands', act.story)
  }
  return {
    play: async (act: Act): Promise<Answered> => {
      const answer = await answerTo(act)
      const { position, unchanged } = answer.status === 200 ? (answer.body as Partial<Acknowledgement>) : {}
      if (position !== undefined && unchanged === undefined) last = position
      return answer
    },
    /** Everything that was acknowledged can be read. */
    settled: async (): Promise<void> => {
      if (last !== undefined && (await request('guide', 'GET', `/v1/account?after=${last}`)).status !== 200) throw new Error('the read models do not come on')
    },
  }
}

const mustPlay = async (play: ReturnType<typeof playing>['play'], act: Act): Promise<void> => {
  const { status, body } = await play(act)
  if (status !== 200) throw new Error(`${JSON.stringify(act)} was refused: ${JSON.stringify(body)}`)
}

/** A sync token comes when the socket is quiet, by the real clock; that it says nothing is the protocol's promise. */
const timed: ReadonlySet<string> = new Set(['sync', 'ping', 'pong'])

const byKind = (frames: ReadonlyArray<ServerFrame>): Record<string, ServerFrame[]> => {
  const kinds: Record<string, ServerFrame[]> = {}
  for (const frame of frames) if (!timed.has(frame.type)) (kinds[frame.type] ??= []).push(frame)
  return kinds
}

const lastMessage = newIdOf('last')

const lastWords: Act = { as: 'guide', on: 'home', command: { type: 'SendMessage', messageId: lastMessage, content: { text: `that was all ${outsiders.map((one) => `@${handleOf(one)}`).join(' ')}` } } }

/** Plays one side of a script in a house of its own and answers what each asked outsider was told. */
export const run = async (script: Script, side: 0 | 1, open: (began: number) => Promise<House>): Promise<Transcripts> => {
  let now = BEGIN_MS
  const house = await open(now)
  const { play, settled } = playing(house)
  try {
    for (const act of past) await mustPlay(play, act)
    await settled()
    const heard = new Map(await Promise.all(script.asked.map(async (self) => [self, await house.listen(self)] as const)))
    for (const socket of heard.values()) {
      socket?.say({ type: 'watch', accounts: insiders.map(accountOf) })
      for (const conversation of [conversations.team, conversations.pair, conversations.side]) {
        socket?.say({ type: 'typing', conversation })
        socket?.say({ type: 'delivered', conversation, through: 5 })
      }
    }
    const told = new Map(script.asked.map((self) => [self, { namer: namer(known), answers: [] as Array<readonly [string, unknown]> }]))
    for (const [at, step] of script.steps.entries()) {
      now += step.afterMs
      house.setNow(now)
      for (const { act } of step.secrets[side]) await play(act)
      for (const act of step.open) await play(act)
      await settled()
      for (const [self, { namer: { named }, answers }] of told) {
        for (const { method, url, body } of probesOf(self, at)) {
          answers.push([`${at} ${method} ${url} ${JSON.stringify(body ?? '')}`, named(await house.request(self, method, url, body))])
        }
      }
    }
    await mustPlay(play, lastWords)
    return new Map(await Promise.all([...heard].map(async ([self, socket]) => {
      await until(() => socket === undefined || socket.frames().some((frame) => frame.type === 'notification' && frame.notification.message_id === lastMessage))
      const { namer: { named }, answers } = told.get(self) ?? { namer: namer(known), answers: [] }
      return [self, { answers, frames: named(byKind(socket?.frames() ?? [])) as Transcript['frames'] }] as const
    })))
  } finally {
    await house.close()
  }
}
