import type { Problem } from './answers.js'

interface Row {
  readonly status: number
  readonly title: string
  /** What the sender can do about it. */
  readonly next: string
}

const row = (status: number, title: string, next: string): Row => ({ status, title, next })

/** Every problem that the APIs and the gateway answer with; docs/errors.md is held to this table by a test. */
export const problems = {
  malformed: row(400, 'Not as the schema says', 'Correct the fields listed in `errors` and send again.'),
  'too-large': row(413, 'Too large', 'Send less: the limits are in docs/limits.md.'),
  'method-not-allowed': row(405, 'Not a method of this address', 'Use one of the methods in the header Allow.'),
  'unsupported-media-type': row(415, 'Not a media type that is read here', 'Send application/json.'),
  'wrong-credentials': row(401, 'Handle or password is wrong', 'Check both and sign in again.'),
  unauthenticated: row(401, 'No valid access token', 'Get a fresh access token from your issuer and send again.'),
  'device-unknown': row(403, 'This device is not registered or was revoked', 'Register the device, then send again.'),
  'account-unknown': row(403, 'This account is not registered yet', 'Register the account with RegisterAccount first.'),
  'not-found': row(404, 'Nothing here for you', 'Check the id; what you may not see answers the same.'),
  forbidden: row(403, 'Not allowed in your role', 'Ask an admin of the conversation.'),
  conflict: row(409, 'In conflict with what is there', 'Read the current state and decide again.'),
  'counter-reused': row(409, 'This counter was used for another command', 'Number the command with `expectedCounter`.'),
  'counter-skipped': row(409, 'A command before this one is missing', 'Send the commands from `expectedCounter` on, in order.'),
  'message-id-reused': row(409, 'This message id was used for another message', 'Make a new id for the new message.'),
  'handle-taken': row(409, 'This handle belongs to another account', 'Choose another handle.'),
  'limit-reached': row(409, 'A limit is reached', 'The limit is named in `detail`; make room first.'),
  'rate-limited': row(429, 'Too fast', 'Wait `retryAfterMs`, then send again.'),
  busy: row(503, 'Too much at once', 'Wait `retryAfterMs`, then send the same again.'),
  unavailable: row(503, 'A part of the service is away', 'Wait `retryAfterMs`, then send the same again: nothing is doubled.'),
  internal: row(500, 'A defect of ours', 'Send the same again later; nothing is doubled. The log has the details.'),
} as const satisfies Record<string, Row>

export type ProblemCode = keyof typeof problems

/** The answer of one row, with what this case adds. */
export const problem = (code: ProblemCode, more: Partial<Omit<Problem, 'type' | 'status' | 'title'>> = {}): Problem => {
  const { status, title, next } = problems[code]
  return { type: `urn:tidings:problem:${code}`, title, status, detail: next, ...more }
}
