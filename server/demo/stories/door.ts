/** What came back, whatever it was. */
export interface Answer {
  readonly status: number
  readonly body: unknown
}

/** Somebody at the public interfaces; without an account, nobody in particular. */
export interface Person {
  readonly account: string
  readonly handle: string
  readonly get: (path: string) => Promise<Answer>
  readonly post: (path: string, body: object) => Promise<Answer>
  /** Ids of the stories that it was told of over its socket. */
  readonly pushed: () => ReadonlySet<string>
}

const requestTimeoutMs = 10_000

const answered = async (url: string, init: RequestInit): Promise<Answer> => {
  const answer = await fetch(url, { ...init, signal: AbortSignal.timeout(requestTimeoutMs) })
  const text = await answer.text()
  return { status: answer.status, body: text === '' ? undefined : (JSON.parse(text) as unknown) }
}

/** Asks and tells at an API's address with these headers. */
export const doorAt = (address: string, headers: Readonly<Record<string, string>>): Pick<Person, 'get' | 'post'> => ({
  get: (path) => answered(`${address}${path}`, { headers }),
  post: (path, body) => answered(`${address}${path}`, { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify(body) }),
})

/** The body of an answer that must be one. Throws what was answered instead. */
export const bodyOf = ({ status, body }: Answer): Readonly<Record<string, unknown>> => {
  if (status !== 200) throw new Error(`answered ${status}: ${JSON.stringify(body)}`)
  return body as Readonly<Record<string, unknown>>
}
