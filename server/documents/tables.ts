import { closeCodes } from '../../events/wire/close-codes.js'
import { limits } from '../../events/limits.js'
import { rateLimits } from '../../events/rate-limits.js'
import { searchLimits } from '../../events/search/index-port.js'
import { problems } from '../../events/wire/problems.js'
import { metaOf } from '../../platform/configuration/settings.js'
import { CURSOR_LIFETIME_MS, REACHED_HITS } from '../../read-side/search/cursor.js'
import { QUESTION_CHARACTERS } from '../../read-side/search/question.js'
import { settingsPrefix, settingsSchema } from '../configuration/settings.js'

const written = 'Written by `npm run schemas`; a test holds it to the code.'

const table = (heads: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string>>): string =>
  [heads, heads.map(() => '---'), ...rows].map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`).join('\n')

const scopes: Readonly<Record<(typeof rateLimits)[keyof typeof rateLimits]['scope'], string>> = {
  account: 'account', device: 'device of an account', address: 'network address', handle: 'handle signed in to', handleAtAddress: 'handle signed in to, from one address',
}
const words = (name: string): string => name.replace(/([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`)

const rates = (): ReadonlyArray<string> => [
  '## Rates', '',
  'Each action draws its cost from every bucket that names it. A bucket is a burst of so many points for each key of its scope, full again so long',
  'after the first draw. What finds too little left is refused before anything is read or stored: HTTP answers 429 with `Retry-After`, the socket',
  'answers `refused`; both say `retryAfterMs`, after which the same is accepted. `rateLimitFactor` multiplies the points, `rateLimits` turns all off.',
  'IPv6 addresses are counted by their /64; handles by their digest, alike whether anybody has them.', '',
  table(['bucket', 'for each', 'points', 'full again after', 'costs'], Object.entries(rateLimits).map(([name, { scope, points, refillSeconds, costs }]) => [
    `\`${name}\``, scopes[scope], points.toLocaleString('en'), `${refillSeconds} s`, Object.entries(costs).map(([action, cost]) => `${action} ${cost}`).join(', '),
  ])), '',
]

const search = (): ReadonlyArray<string> => [
  '## Search', '',
  table(['limit', 'value'], Object.entries({
    'characters of a question': QUESTION_CHARACTERS, 'words and phrases of a question': searchLimits.clauses, 'characters of a word that are indexed and compared': searchLimits.wordCharacters,
    'hits that a total counts': searchLimits.countedHits, 'hits that pages may reach': REACHED_HITS,
    'milliseconds that a cursor is good for': CURSOR_LIFETIME_MS,
  }).map(([name, value]) => [name, value.toLocaleString('en')])), '',
]

/** docs/limits.md: every limit of the log and the domain, and the rates. */
export const limitsPage = (): string =>
  ['# Limits', written, '', table(['limit', 'value', 'name in `events/limits.ts`'], Object.entries(limits).map(([name, value]) => [words(name), value.toLocaleString('en'), `\`${name}\``])), '', ...search(), ...rates()].join('\n')

/** docs/errors.md: every problem of the APIs and the gateway, and why sockets are closed. */
export const errorsPage = (): string =>
  [
    '# Errors', written, '',
    'Every refusal is an RFC 9457 problem: over HTTP as `application/problem+json`, on the socket in `refused` and `error` frames.',
    'What may not be seen answers exactly as what is not there.', '',
    table(['type', 'status', 'title', 'what to do'], Object.entries(problems).map(([code, { status, title, next }]) => [`\`urn:tidings:problem:${code}\``, String(status), title, next])),
    '', '## Close codes', '',
    table(['code', 'name', 'meaning', 'the client then'], Object.entries(closeCodes).map(([name, { code, meaning, then }]) => [String(code), `\`${name}\``, meaning, then])), '',
  ].join('\n')

const shownDefault = (value: unknown): string => (value === '' ? 'empty' : `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``)

/** docs/configuration.md: every setting of a process. */
export const configurationPage = (): string => {
  const rows = Object.entries(settingsSchema.properties).map(([name, schema]) => {
    const meta = metaOf(settingsPrefix, name, schema)
    return [`\`${name}\``, `\`${meta.environment}\``, shownDefault(meta.default), meta.description]
  })
  return [
    '# Configuration', written, '',
    'Defaults < `tidings.json` (or `--config FILE`) < environment. Unknown names and bad values refuse to start, all reasons at once;',
    '`tidings config` prints each setting with its source. Lists in the environment are JSON, or separated by commas.', '',
    table(['setting', 'environment', 'default', 'meaning'], rows), '',
  ].join('\n')
}
