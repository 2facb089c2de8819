const SCHEME = /^bearer +(\S+)$/iu
const PREFIX = 'tidings.bearer.'

/**
 * The access token of an upgrade, by its Authorization header or, since browsers cannot set one, by a subprotocol
 * `tidings.bearer.<token>`. `protocol` is what the answer must name, since a client that offers some wants one of them
 * back (RFC 6455, 4.2.2): one that is no token where there is one, so offer `tidings` beside it.
 */
export const bearerOf = (authorization: string | undefined, offered: ReadonlyArray<string>): { readonly bearer: string | undefined; readonly protocol: string | undefined } => {
  const carrier = offered.find((name) => name.startsWith(PREFIX))
  return {
    bearer: SCHEME.exec(authorization ?? '')?.[1] ?? carrier?.slice(PREFIX.length),
    protocol: offered.find((name) => !name.startsWith(PREFIX)) ?? carrier,
  }
}
