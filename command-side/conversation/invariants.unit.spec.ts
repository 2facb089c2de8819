import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { derivedId } from '../../events/ids.js'
import { limits } from '../../events/limits.js'
import type { ConversationEvent } from '../../events/registry.js'
import type { History } from '../../events/schemas/conversation.js'
import { mayRead } from '../../events/visibility.js'
import { added, anna, bruno, carla, created, facts, group } from '../../test/support/conversation-history.js'
import type { Fact } from '../handling/draft.js'
import type { TargetFacts } from '../ports.js'
import type { ConversationCommand } from './commands.js'
import { conversationAggregate, headOf, isCurrentMember, visibleTo, type ConversationState } from './decider.js'

const { decider, encodeState, decodeState } = conversationAggregate
type Happened = Fact<ConversationEvent>

const people = [anna, bruno, carla, derivedId('spec', 'doris'), derivedId('spec', 'emil')]

/** Who is a member when, and what each may read, told naively from the events. */
const stays = (log: ReadonlyArray<Happened>, userId: string): ReadonlyArray<readonly [number, number]> => {
  const found: [number, number][] = []
  log.forEach(({ type, data }, revision) => {
    if (!('userId' in data) || data.userId !== userId) return
    const last = found.at(-1)
    if (type === 'MemberAdded') found.push([revision === 1 ? 0 : revision, Infinity])
    else if (type !== 'RoleChanged' && last !== undefined) last[1] = revision
  })
  return found
}
const readable = (log: ReadonlyArray<Happened>, history: History, userId: string, revision: number): boolean =>
  stays(log, userId).some(([from, to]) => (history === 'shared' || revision >= from) && revision <= to)
const isMemberBy = (log: ReadonlyArray<Happened>, userId: string): boolean => stays(log, userId).at(-1)?.[1] === Infinity

const messagesIn = (log: ReadonlyArray<Happened>, senders: ReadonlyMap<number, string>): ReadonlyArray<TargetFacts> =>
  log.flatMap((event, sequence) => {
    if (event.type !== 'MessageSent') return []
    const { messageId, unit } = event.data
    const deleted = log.some(({ type, data }) => type === 'MessageDeleted' && data.target === sequence)
    return [facts({ sequence, messageId, unit, sender: senders.get(sequence) ?? '', deleted })]
  })

const step = fc.record({
  actor: fc.constantFrom(...people),
  other: fc.constantFrom(...people),
  role: fc.constantFrom('admin' as const, 'member' as const),
  message: fc.nat({ max: 5 }),
  type: fc.constantFrom(
    'AddMembers', 'AddMembers', 'RemoveMember', 'LeaveConversation', 'ChangeRole', 'RenameConversation', 'SendMessage', 'SendMessage',
    'EditMessage', 'DeleteMessage', 'React', 'PinMessage', 'PinMessage', 'UnpinMessage',
  ),
  fromSnapshot: fc.boolean(),
})
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never

const commandOf = ({ actor, other, role, type }: Step, target: TargetFacts | undefined, messageId: string): ConversationCommand => {
  const content = { ciphertext: 'c2VjcmV0' }
  switch (type) {
    case 'AddMembers': return { type, actor, members: [other] }
    case 'RemoveMember': return { type, actor, userId: other }
    case 'LeaveConversation': return { type, actor }
    case 'ChangeRole': return { type, actor, userId: other, role }
    case 'RenameConversation': return { type, actor, conversation: group, name: content }
    case 'SendMessage': return { type, actor, messageId, content, replyTo: target, story: undefined, envelope: undefined, mentioned: [other], blocked: false }
    case 'EditMessage': return { type, actor, target, content, envelope: undefined, mentioned: [other], blocked: false }
    case 'React': return { type, actor, target, reaction: content, reactionKey: 'key', blocked: false }
    case 'DeleteMessage':
    case 'PinMessage':
    case 'UnpinMessage': return { type, actor, target }
  }
}

/** Anna's group, with so many others in it beside the people who act. */
const founded = (history: History, others: number): ReadonlyArray<Happened> => [
  created('e2ee', history), added(anna, 'admin'), ...Array.from({ length: others }, (_, number) => added(derivedId('person', String(number)))),
]
const replayed = (log: ReadonlyArray<Happened>): ConversationState => log.reduce(decider.evolve, decider.initialState)
const plain = (state: ConversationState) =>
  state._tag === 'Absent' ? state : { ...state, participants: state.participants.toObject(), pins: state.pins.toArray().sort((a, b) => a - b) }

/** Runs the steps; `onAccepted` sees the log before each command that changed something. */
const run = (
  begin: ReadonlyArray<Happened>,
  steps: ReadonlyArray<Step>,
  check: (state: ConversationState, log: ReadonlyArray<Happened>) => void,
  onAccepted: (command: ConversationCommand, before: ReadonlyArray<Happened>) => void,
) => {
  const log = [...begin]
  const senders = new Map<number, string>()
  let state = replayed(log)
  for (const [number, taken] of steps.entries()) {
    const command = commandOf(taken, messagesIn(log, senders).at(-1 - taken.message), derivedId('message', String(number)))
    const decision = decider.decide(command, taken.fromSnapshot ? decodeState(encodeState(state)) : state)
    if (E.isLeft(decision) || decision.right.length === 0) continue
    onAccepted(command, log)
    for (const event of decision.right) {
      state = decider.evolve(state, event)
      if (event.type === 'MessageSent') senders.set(log.length, command.actor)
      log.push(event)
    }
    check(state, log)
  }
  return { state, log }
}

const nothing = () => undefined
const histories = fc.constantFrom<History>('shared', 'sinceJoin')
const steps = fc.array(step, { maxLength: 40, size: 'max' })

describe('whatever is asked, in whatever order', () => {
  it('a group with members has an admin, and the counts are those of its members', () =>
    fc.assert(
      fc.property(histories, steps, (history, taken) => {
        run(founded(history, 1), taken, (state, log) => {
          if (state._tag === 'Absent') throw new Error('a conversation does not vanish')
          const standings = [...state.participants.values()].map(({ standing }) => standing)
          expect(state.memberCount).toBe(standings.filter((standing) => standing !== 'former').length)
          expect(state.adminCount).toBe(standings.filter((standing) => standing === 'admin').length)
          if (state.memberCount > 0) expect(state.adminCount).toBeGreaterThan(0)
          expect(headOf(state)).toBe(log.length - 1)
        }, nothing)
      }),
    ))

  it('a group never has more members than the limit', () => {
    const almostFull = founded('shared', limits.membersE2ee - 2)
    let fullest = 0
    fc.assert(
      fc.property(steps, (taken) => {
        run(almostFull, taken, (state) => {
          const count = state._tag === 'Open' ? state.memberCount : 0
          expect(count).toBeLessThanOrEqual(limits.membersE2ee)
          fullest = Math.max(fullest, count)
        }, nothing)
      }),
      { numRuns: 30 },
    )
    expect(fullest).toBe(limits.membersE2ee)
  })

  it('E9: nobody but a member changes anything, and only what this member may read', () =>
    fc.assert(
      fc.property(histories, steps, (history, taken) => {
        run(founded(history, 0), taken, nothing, (command, before) => {
          expect(isMemberBy(before, command.actor)).toBe(true)
          const about = 'target' in command ? command.target : 'replyTo' in command ? command.replyTo : undefined
          if (about !== undefined && about !== 'absent') expect(readable(before, history, command.actor, about.sequence)).toBe(true)
        })
      }),
    ))

  it('E9: membership and what each may read are what the events say', () =>
    fc.assert(
      fc.property(histories, steps, (history, taken) => {
        const { state, log } = run(founded(history, 0), taken, nothing, nothing)
        for (const userId of people) {
          expect(isCurrentMember(state, userId)).toBe(isMemberBy(log, userId))
          const revisions = log.map((_, revision) => revision)
          const seen = visibleTo(state, userId)
          expect(revisions.filter((revision) => mayRead(seen, revision))).toEqual(revisions.filter((revision) => readable(log, history, userId, revision)))
        }
      }),
    ))

  it('only messages that stand are pinned', () =>
    fc.assert(
      fc.property(histories, steps, (history, taken) => {
        run(founded(history, 0), taken, (state, log) => {
          const standing = new Set(messagesIn(log, new Map()).filter(({ deleted }) => !deleted).map(({ sequence }) => sequence))
          if (state._tag === 'Open') expect(state.pins.every((sequence) => standing.has(sequence))).toBe(true)
        }, nothing)
      }),
    ))

  it('the state is a function of the events, and a snapshot of it is read back as it was', () =>
    fc.assert(
      fc.property(histories, steps, (history, taken) => {
        const { state, log } = run(founded(history, 1), taken, nothing, nothing)
        expect(plain(replayed(log))).toStrictEqual(plain(state))
        expect(plain(decodeState(encodeState(state)))).toStrictEqual(plain(state))
      }),
    ))
})

describe('a snapshot', () => {
  it('of nothing is nothing', () => expect(decodeState(encodeState(decider.initialState))).toEqual(decider.initialState))

  it('of ten thousand members is a megabyte at most', () => {
    const epoch: Happened = { type: 'KeyEpochStarted', data: { epoch: 3, wraps: 'w', signature: 's' } }
    const state = replayed([...founded('sinceJoin', limits.membersReadable - 1), epoch])
    expect(encodeState(state).byteLength).toBeLessThan(1_000_000)
    expect(plain(decodeState(encodeState(state)))).toStrictEqual(plain(state))
  })

  it.each(['', 'nil', '{}', '[]', '{"kind":"group"}'])('that this schema did not write is refused: %s', (text) => {
    expect(() => decodeState(Buffer.from(text))).toThrow()
  })
})
