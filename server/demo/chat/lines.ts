import { cleanText } from './text.js'

/** What one line of a raw log says. `service` is what nobody says or does: modes, topics, the logger. */
export type Line =
  | { readonly type: 'joined' | 'parted'; readonly nick: string }
  | { readonly type: 'renamed'; readonly from: string; readonly to: string }
  | { readonly type: 'said'; readonly nick: string; readonly text: string; readonly action: boolean }
  | { readonly type: 'service' }
  | { readonly type: 'unrecognised' }

// The logger of 2004 to 2007 wrote a space after every ']', also inside nicks: `bur[n] er`, `[optik] `.
const nick = String.raw`((?:[^\s\]]|\] ?)+?)`
const greedyNick = String.raw`((?:[^\s\]]|\] ?)+)`
const time = String.raw`^\[\d\d:\d\d\] +`
const host = String.raw` +\[.*\] +`
const pattern = (source: string): RegExp => new RegExp(source, 'su')

type Reading = (first: string, second: string) => Line

const asNick = (found: string): string => cleanText(found.replaceAll('] ', ']'))
const said: Reading = (who, text) => ({ type: 'said', nick: asNick(who), text: cleanText(text), action: false })
const action: Reading = (who, text) => ({ type: 'said', nick: asNick(who), text: cleanText(text), action: true })
const joined: Reading = (who) => ({ type: 'joined', nick: asNick(who) })
const parted: Reading = (who) => ({ type: 'parted', nick: asNick(who) })
const renamed: Reading = (from, to) => ({ type: 'renamed', from: asNick(from), to: asNick(to) })
const service: Reading = () => ({ type: 'service' })

// In this order: an old /me reads `=== nick text`, so it is what no other `===` line is.
const grammar: ReadonlyArray<readonly [RegExp, Reading]> = [
  [pattern(String.raw`${time}<([^>]+)>(?: (.*))?$`), said],
  [pattern(String.raw`${time}\* (\S+)(?: (.*))?$`), action],
  [pattern(String.raw`${time}-([^:\s]+):#\S+- (.*)$`), said],
  [pattern(String.raw`${time}\(([^/\s]+)/#\S+\) (.*)$`), said],
  [pattern(String.raw`^=== ${nick}${host}has joined #\S+ *$`), joined],
  [pattern(String.raw`^=== ${nick}${host}has left #\S+(?: .*)?$`), parted],
  [pattern(String.raw`^=== ${nick} was kicked off #\S+ by .*$`), parted],
  [pattern(String.raw`^=== ${nick} +is now known as ${nick} *$`), renamed],
  [pattern(String.raw`^=== mode/#\S+ \[.*\] +by \S+ *$`), service],
  [pattern(String.raw`^=== \.\.\[topic/#\S+\] : .*$`), service],
  [pattern(String.raw`^=== Topic (?:for #\S+: |\(#\S+\): set by ).*$`), service],
  [pattern(String.raw`^=== ${nick} changed the topic of #\S+ to: .*$`), service],
  [pattern(String.raw`^=== (?:netjoined: .* -> |Starting logfile ).*$`), service],
  [pattern(String.raw`^=== ${greedyNick} (.*)$`), action],
]

/** Reads one line of an #ubuntu log as published at irclogs.ubuntu.com, 2004 to 2018. Total: what it does not know is `unrecognised`. */
export const readLine = (line: string): Line => {
  for (const [expression, reading] of grammar) {
    const found = expression.exec(line)
    if (found !== null) return reading(found[1] ?? '', found[2] ?? '')
  }
  return { type: 'unrecognised' }
}
