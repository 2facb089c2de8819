import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { limits } from '../../../events/limits.js'
import { expectedFor, staysOf } from './expectation.js'
import type { ChatEvent, Said } from './log.js'
import { planOf } from './plan.js'

const joined = (nick: string): ChatEvent => ({ type: 'joined', nick })
const parted = (nick: string): ChatEvent => ({ type: 'parted', nick })
const renamed = (from: string, to: string): ChatEvent => ({ type: 'renamed', from, to })
const said = (nick: string, text: string, more: Partial<Said> = {}): ChatEvent =>
  ({ type: 'said', line: 0, nick, text, action: false, ...more })
const plan = (...events: ReadonlyArray<ChatEvent>) => planOf({ name: 'test', events })
const none = { eventsOfSilentPersons: 0, joinsOfMembers: 0, leavesOfNonMembers: 0, emptyMessages: 0, repliesToEmptyMessages: 0 }

describe('the plan of a log', () => {
  it('has members, joins, renames, sends, replies and leaves as the log has them', () => {
    const waves = said('rob', 'waves', { action: true, replyTo: 0 })
    expect(plan(said('ann', 'hi'), joined('bob'), renamed('bob', 'rob'), waves, parted('rob'))).toEqual({
      name: 'test',
      persons: [{ key: 'p0', nick: 'ann' }, { key: 'p1', nick: 'bob' }],
      members: ['p0'],
      steps: [
        { type: 'send', person: 'p0', message: 0, text: 'hi' },
        { type: 'join', person: 'p1' },
        { type: 'rename', person: 'p1', nick: 'rob' },
        { type: 'send', person: 'p1', message: 1, text: '/me waves', replyTo: 0 },
        { type: 'leave', person: 'p1' },
      ],
      messages: 2,
      ignored: none,
      inserted: { joins: 0, leaves: 0 },
    })
  })

  it('a person who speaks while not a member joins first', () => {
    const { steps, inserted } = plan(said('ann', 'bye'), parted('ann'), said('ann', 'back'))
    expect(steps.map((step) => step.type)).toEqual(['send', 'leave', 'join', 'send'])
    expect(inserted).toEqual({ joins: 1, leaves: 0 })
  })

  it('persons who never speak are left out and counted, blank words are no speech', () => {
    const { persons, steps, ignored } = plan(joined('cid'), said('cid', ' '), renamed('cid', 'sid'), parted('sid'), said('ann', 'hi'))
    expect(persons).toEqual([{ key: 'p1', nick: 'ann' }])
    expect(steps).toHaveLength(1)
    expect(ignored).toEqual({ ...none, eventsOfSilentPersons: 4 })
  })

  it('a join of a member and a leave of somebody outside are ignored and counted', () => {
    const { steps, ignored } = plan(said('ann', 'hi'), joined('ann'), parted('ann'), parted('ann'))
    expect(steps.map((step) => step.type)).toEqual(['send', 'leave'])
    expect(ignored).toEqual({ ...none, joinsOfMembers: 1, leavesOfNonMembers: 1 })
  })

  it('empty messages are not sent; a reply to one is sent as no reply', () => {
    const { steps, ignored, messages } = plan(said('ann', ''), said('ann', 'oops', { replyTo: 0 }))
    expect(steps).toEqual([{ type: 'send', person: 'p0', message: 0, text: 'oops' }])
    expect(messages).toBe(1)
    expect(ignored).toEqual({ ...none, emptyMessages: 1, repliesToEmptyMessages: 1 })
  })

  it('whoever loses the nick to another leaves first', () => {
    const { steps, inserted } = plan(said('ann', 'hi'), said('ann_', 'me'), renamed('ann_', 'ann'))
    expect(steps.slice(2)).toEqual([{ type: 'leave', person: 'p0' }, { type: 'rename', person: 'p1', nick: 'ann' }])
    expect(inserted).toEqual({ joins: 0, leaves: 1 })
  })

  it('an action stays within the limit', () => {
    const [step] = plan(said('ann', 'a'.repeat(limits.contentBytes), { action: true })).steps
    expect(step?.type === 'send' && Buffer.byteLength(step.text)).toBe(limits.contentBytes)
  })
})

describe('what a person is to receive', () => {
  const both = [said('ann', '0'), said('bob', '1'), parted('bob')]
  const back = plan(...both, said('ann', '2'), joined('bob'), said('ann', '3'), parted('bob'), said('ann', '4'))

  it('since joining: what is said during each stay, own messages included', () => {
    expect(staysOf(back, 'p1')).toEqual([{ from: 0, to: 2 }, { from: 3, to: 4 }])
    expect(expectedFor(back, 'p1').sinceJoin).toEqual([0, 1, 3])
  })

  it('shared: everything up to the last leaving', () => { expect(expectedFor(back, 'p1').shared).toEqual([0, 1, 2, 3]) })

  it('a member to the end receives all', () => {
    const all = [0, 1, 2, 3, 4]
    expect(expectedFor(back, 'p0')).toEqual({ shared: all, sinceJoin: all })
  })

  it('a stranger receives nothing', () => { expect(expectedFor(back, 'p9')).toEqual({ shared: [], sinceJoin: [] }) })

  it('a last stay in which nobody speaks still shares what came before', () => {
    const quiet = plan(...both, said('ann', '2'), joined('bob'))
    expect(expectedFor(quiet, 'p1')).toEqual({ shared: [0, 1, 2], sinceJoin: [0, 1] })
  })
})

const nicks = fc.constantFrom('ann', 'bob', 'cid', 'dan')
const happenings: fc.Arbitrary<ChatEvent> = fc.oneof(
  nicks.map(joined),
  nicks.map(parted),
  fc.tuple(nicks, nicks).map(([from, to]) => renamed(from, to)),
  fc.tuple(nicks, fc.constantFrom('hi', 'yes', '')).map(([nick, text]) => said(nick, text)),
)
const answered = (events: ReadonlyArray<ChatEvent>): ReadonlyArray<ChatEvent> =>
  events.map((event, at) => (event.type === 'said' && events[at - 2]?.type === 'said' ? { ...event, replyTo: at - 2 } : event))

describe('the plan of any log, however muddled', () => {
  it('lets only members send and leave, nobody join twice, replies point back, senders receive their own', () =>
    { fc.assert(
      fc.property(fc.array(happenings, { maxLength: 60 }).map(answered), (events) => {
        const made = plan(...events)
        const inside = new Set(made.members)
        let sent = 0
        for (const step of made.steps) {
          if (step.type !== 'rename') expect(inside.has(step.person)).toBe(step.type !== 'join')
          if (step.type === 'join') inside.add(step.person)
          if (step.type === 'leave') inside.delete(step.person)
          if (step.type !== 'send') continue
          expect(step.message).toBe(sent)
          expect(step.replyTo ?? -1).toBeLessThan(sent)
          sent += 1
        }
        expect(made.messages).toBe(sent)
        expect(sent).toBe(events.filter((event) => event.type === 'said' && event.text !== '').length)
        for (const { key } of made.persons) {
          const { shared, sinceJoin } = expectedFor(made, key)
          const own = made.steps.flatMap((step) => (step.type === 'send' && step.person === key ? [step.message] : []))
          expect(own.length).toBeGreaterThan(0)
          expect(sinceJoin).toEqual(expect.arrayContaining(own))
          expect(shared).toEqual(expect.arrayContaining([...sinceJoin]))
        }
      }),
    ) })
})
