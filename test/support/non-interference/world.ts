import * as E from 'fp-ts/lib/Either.js'
import type { Position } from '../../../events/event-store.js'
import type { Acknowledgement, Problem } from '../../../events/wire/answers.js'
import type { ServerFrame } from '../../../events/wire/frames.js'
import { gatewayStack, type GatewayStack } from '../gateway-stack.js'
import { httpOver, socketOver } from '../stack-doors.js'
import { until } from '../until.js'
import { accountOf, callerOf, conversations, everyone, handleOf, newIdOf, openStories, outsiders, storyIds, type Outsider } from './cast.js'
import { absent, probesOf } from './probes.js'
import type { Act, Script } from './script.js'
import { namer } from './transcript.js'

const BEGIN_MS = Date.UTC(2026, 0, 1)

const known: ReadonlySet<string> = new Set([
  ...everyone.flatMap((person) => [callerOf(person).account, callerOf(person).device]),
  ...Object.values(conversations), ...storyIds, ...openStories, ...Object.values(absent),
])

/** What happened before any script. */
const past: ReadonlyArray<Act> = [
  ...everyone.flatMap((as): ReadonlyArray<Act> => [
    { as, account: { type: 'RegisterAccount', profile: { handle: handleOf(as), name: `The ${as}` } } },
    { as, account: { type: 'RegisterDevice', deviceId: callerOf(as).device } },
  ]),
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

const playing = ({ commandSide, readSide }: GatewayStack) => {
  const counters = new Map<string, number>()
  let last: Position | undefined

  const numbered = async (act: Extract<Act, { readonly on: unknown }>) => {
    const place = `${act.as} ${act.on}`
    const counter = (counters.get(place) ?? 0) + 1
    const answer = await commandSide.conversation(callerOf(act.as), conversations[act.on], counter, act.command)()
    if (E.isRight(answer) && answer.right.unchanged === undefined) counters.set(place, counter)
    return answer
  }
  const answerTo = (act: Act): Promise<E.Either<Problem, Acknowledgement>> => {
    const caller = callerOf(act.as)
    if ('on' in act) return numbered(act)
    if ('readIn' in act) return commandSide.markRead(caller, conversations[act.readIn], { type: 'MarkRead', through: act.through })()
    if ('account' in act) return commandSide.account(caller.account, act.account)()
    return commandSide.story(caller, act.story)()
  }
  return {
    play: async (act: Act): Promise<E.Either<Problem, Acknowledgement>> => {
      const answer = await answerTo(act)
      const at = E.isRight(answer) ? (answer.right.position as Position | undefined) : undefined
      if (at !== undefined && (last === undefined || at > last)) last = at
      return answer
    },
    /** Everything that was acknowledged can be read. */
    settled: async (): Promise<void> => {
      if (last !== undefined && E.isLeft(await readSide.waitFor(last, 10_000)())) throw new Error('the read models do not come on')
    },
  }
}

const mustPlay = async (play: ReturnType<typeof playing>['play'], act: Act): Promise<void> => {
  const answer = await play(act)
  if (E.isLeft(answer)) throw new Error(`${JSON.stringify(act)} was refused: ${JSON.stringify(answer.left)}`)
}

/** A sync token comes when the socket is quiet, by the real clock; that it says nothing is the protocol's promise. */
const timed: ReadonlySet<string> = new Set(['sync', 'ping', 'pong'])

const byKind = (frames: ReadonlyArray<ServerFrame>): Record<string, ServerFrame[]> => {
  const kinds: Record<string, ServerFrame[]> = {}
  for (const frame of frames) if (!timed.has(frame.type)) (kinds[frame.type] ??= []).push(frame)
  return kinds
}

const lastMessage = newIdOf('last')

/** Plays one side of a script over the whole stack and answers what each asked outsider was told. */
export const run = async (script: Script, side: 0 | 1): Promise<Transcripts> => {
  let now = BEGIN_MS
  // One partition: what comes last in the log comes last over the sockets too.
  const stack = await gatewayStack(1, () => now)
  const [http, { play, settled }] = [await httpOver(stack), playing(stack)]
  try {
    for (const act of past) await mustPlay(play, act)
    await settled()
    const heard = new Map(await Promise.all(script.asked.map(async (self) => [self, await socketOver(stack, callerOf(self))] as const)))
    const told = new Map(script.asked.map((self) => [self, { namer: namer(known), answers: [] as Array<readonly [string, unknown]> }]))
    for (const [at, step] of script.steps.entries()) {
      now += step.afterMs
      for (const { act } of step.secrets[side]) await play(act)
      for (const act of step.open) await play(act)
      await settled()
      for (const [self, { namer: { named }, answers }] of told) {
        for (const { method, url, body } of probesOf(self, at)) {
          answers.push([`${at} ${method} ${url} ${JSON.stringify(body ?? '')}`, named(await http.ask(callerOf(self), method, url, body))])
        }
      }
    }
    await mustPlay(play, { as: 'guide', on: 'home', command: { type: 'SendMessage', messageId: lastMessage, content: { text: `that was all ${outsiders.map((one) => `@${handleOf(one)}`).join(' ')}` } } })
    return new Map(await Promise.all([...heard].map(async ([self, { frames }]) => {
      await until(() => frames().some((frame) => frame.type === 'notification' && frame.notification.message_id === lastMessage))
      const { namer: { named }, answers } = told.get(self) ?? { namer: namer(known), answers: [] }
      return [self, { answers, frames: named(byKind(frames())) as Transcript['frames'] }] as const
    })))
  } finally {
    await http.close()
    await stack.close()
  }
}
