import { describe, expect, it } from 'vitest'
import { parseLog } from './parse.js'

const bytes = (...lines: ReadonlyArray<string>): Uint8Array => Buffer.from(lines.join('\n'))
const raw = bytes(
  '=== ann [~ann@host]  has joined #ubuntu',
  '[09:00] <bob> hello',
  '=== mode/#ubuntu [+o bob]  by ChanServ',
  '[09:01] <ann> bob: hi',
  '=== ann waves',
  '???',
  '[09:02] <bob>',
  '',
)
const said = (line: number, nick: string, text: string) => ({ type: 'said', line, nick, text, action: false })

describe('a raw log and its annotation', () => {
  it('becomes events in file order, each line counted once', () => {
    const { log, tally } = parseLog('day', raw)
    expect(log).toEqual({
      name: 'day',
      events: [
        { type: 'joined', nick: 'ann' },
        said(1, 'bob', 'hello'),
        said(3, 'ann', 'bob: hi'),
        { type: 'said', line: 4, nick: 'ann', text: 'waves', action: true },
        said(6, 'bob', ''),
      ],
    })
    expect(tally).toMatchObject({ lines: 7, serviceLines: 1, unrecognisedLines: [5] })
  })

  it('a link counts lines from 0, service lines included, and names an event: the later answers the earlier', () => {
    const { log, tally } = parseLog('day', raw, bytes('1 1 -', '1 3 - ', '4 3 -', ''))
    expect(log.events[2]).toEqual({ ...said(3, 'ann', 'bob: hi'), replyTo: 1 })
    expect(log.events[3]).toMatchObject({ line: 4, replyTo: 2 })
    expect(tally).toMatchObject({ threadStarts: 1, replies: 2, linksOutsideMessages: 0 })
  })

  it('of several answered messages the nearest is kept, in either order of links', () => {
    const { log, tally } = parseLog('day', raw, bytes('1 4 -', '3 4 -', '3 6 -', '1 6 -'))
    expect(log.events[3]).toMatchObject({ replyTo: 2 })
    expect(log.events[4]).toMatchObject({ replyTo: 2 })
    expect(tally).toMatchObject({ replies: 2, furtherAntecedents: 2 })
  })

  it('links to service lines, past the end or of another form are counted, not followed', () => {
    const { log, tally } = parseLog('day', raw, bytes('0 0 -', '2 3 -', '1 99 -', 'what', ''))
    expect(log.events.filter((event) => 'replyTo' in event)).toEqual([])
    expect(tally).toMatchObject({ replies: 0, threadStarts: 0, linksOutsideMessages: 3, unrecognisedLinks: [3] })
  })

  it('lines end at a newline and nowhere else; bytes that are not UTF-8 spoil their own line only', () => {
    const spoiled = Uint8Array.of(0xe9)
    const odd = Buffer.concat([bytes('[09:00] <a> x\u001cy\u2028z', '[09:00] <b> '), spoiled, bytes('', '[09:01] <c> é\r', '')])
    expect(parseLog('odd', odd).log.events).toEqual([said(0, 'a', 'xy\u2028z'), said(1, 'b', 'é'), said(2, 'c', 'é')])
  })

  it('no bytes are no events', () => { expect(parseLog('none', bytes('')).log.events).toEqual([]) })
})
