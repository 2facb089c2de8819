import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { JSONWebKeySet } from 'jose'
import Type, { type Static } from 'typebox'
import { Id } from '../../events/ids.js'
import { closed } from '../../events/schemas/common.js'
import type { Problem } from '../../events/wire/answers.js'
import { Handle, Profile } from '../../events/wire/commands.js'
import type { Identity } from '../../gateway/ports.js'
import type { Clock } from '../../platform/clock.js'
import type { Route, RouteRequest } from '../../platform/http-route.js'
import type { NewId } from '../../platform/identifiers.js'
import { argon2Passwords, PASSWORD_CHARACTERS } from './passwords.js'
import type { IssuerStore } from './ports.js'
import { createSessions, type Sessions } from './sessions.js'
import { signInService, type Accounts, type SignInService } from './sign-in.js'
import type { SigningKeys } from './signing-keys.js'

const MS_IN_MINUTE = 60_000

export interface IssuerOptions extends Accounts {
  readonly store: IssuerStore
  readonly keys: SigningKeys
  readonly clock: Clock
  readonly newId: NewId
  readonly accessTokenMinutes: number
  readonly refreshTokenDays: number
  /** `iss` of its tokens, and where its documents lie. */
  readonly issuerUrl: string
  readonly audience: string
  /** Asked before a password is looked at: whether this handle may be tried now from this address, existing or not. */
  readonly mayTry: (handle: string, address: string) => TE.TaskEither<Problem, void>
}

export interface Issuer {
  readonly routes: ReadonlyArray<Route<Problem, never>>
  /** What checks its tokens: pass it to `jwtAuthenticator` as `ownIssuer`. */
  readonly trusted: { readonly issuer: string; readonly audience: string; readonly jwks: () => Promise<JSONWebKeySet> }
}

const Password = Type.String({ minLength: PASSWORD_CHARACTERS.least, maxLength: PASSWORD_CHARACTERS.most, description: 'any characters; none is demanded' })
const AnyPassword = Type.String({ maxLength: PASSWORD_CHARACTERS.most })
const RefreshToken = Type.String({ minLength: 1, maxLength: 256 })
const SignUpBody = closed({ ...Profile.properties, password: Password })
const SignInBody = closed({ handle: Handle, password: AnyPassword })
const RefreshBody = closed({ refreshToken: RefreshToken })
const Tokens = closed({
  account: Id,
  accessToken: Type.String({ description: 'JWT (RFC 9068); send it as `Authorization: Bearer …`' }),
  tokenType: Type.Literal('Bearer'),
  expiresIn: Type.Integer({ description: 'seconds' }),
  refreshToken: Type.String({ description: 'good for one refresh; keep the one that comes with the answer' }),
})

type Open = RouteRequest<undefined>
const opened = (operationId: string, url: string, summary: string) => ({ method: 'POST', url, operationId, summary, tags: ['sign-in'], access: 'open' } as const)
const answered = <A>(status: number) => TE.map((body: A) => ({ status, body }))

const tokenRoutes = (service: SignInService, sessions: Sessions, mayTry: IssuerOptions['mayTry']): ReadonlyArray<Route<Problem, never>> => [
  {
    ...opened('signUp', '/v1/auth/sign-up', 'Make an account with a password. Safe to send again.'),
    action: 'sign-up',
    schema: { body: SignUpBody, response: { 201: Tokens } },
    handle: ({ body, address }: Open) => {
      const request = body as Static<typeof SignUpBody>
      return pipe(mayTry(request.handle, address), TE.chain(() => service.signUp(request)), answered(201))
    },
  },
  {
    ...opened('signIn', '/v1/auth/sign-in', 'Sign in by handle and password.'),
    action: 'sign-in',
    schema: { body: SignInBody, response: { 200: Tokens } },
    handle: ({ body, address }: Open) => {
      const request = body as Static<typeof SignInBody>
      return pipe(mayTry(request.handle, address), TE.chain(() => service.signIn(request)), answered(200))
    },
  },
  {
    ...opened('refresh', '/v1/auth/refresh', 'Replace the refresh token and get a fresh access token. A replaced token that comes again ends the session.'),
    action: 'refresh',
    schema: { body: RefreshBody, response: { 200: Tokens } },
    handle: ({ body }: Open) => pipe(sessions.refresh((body as Static<typeof RefreshBody>).refreshToken), answered(200)),
  },
  {
    ...opened('signOut', '/v1/auth/sign-out', 'End the session: its refresh token and its access tokens.'),
    access: 'account',
    schema: { body: RefreshBody, response: { 204: Type.Null() } },
    handle: ({ body, caller }: RouteRequest<Identity>) => pipe(sessions.end((body as Static<typeof RefreshBody>).refreshToken, caller), answered(204)),
  },
]

const documentRoutes = ({ keys, issuerUrl }: IssuerOptions): ReadonlyArray<Route<Problem, never>> => {
  const shown = (operationId: string, name: string, summary: string) => ({ method: 'GET', url: `/.well-known/${name}`, operationId, summary, tags: ['sign-in'], access: 'open' } as const)
  const metadata = {
    issuer: issuerUrl, jwks_uri: `${issuerUrl}/.well-known/jwks.json`, response_types_supported: [], subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['EdDSA'],
  }
  const document = Type.Record(Type.String(), Type.Unknown())
  return [
    {
      ...shown('jwks', 'jwks.json', 'Public keys that access tokens are checked with (RFC 7517).'),
      schema: { response: { 200: document } },
      handle: () => TE.fromTask(async () => ({ status: 200, body: await keys.published() })),
    },
    {
      ...shown('openidConfiguration', 'openid-configuration', 'Where the keys are. This issuer serves its own clients only, by the routes of /v1/auth.'),
      schema: { response: { 200: document } },
      handle: () => TE.right({ status: 200, body: metadata }),
    },
  ]
}

/** The built-in issuer: accounts by handle and password, JWT access tokens, refresh tokens that replace one another. */
export const createIssuer = (options: IssuerOptions): Issuer => {
  const { keys, store, clock, newId, issuerUrl: issuer, audience, refreshTokenDays, register, accountOf } = options
  const sessions = createSessions({ store, keys, issuer, audience, lifetimeMs: options.accessTokenMinutes * MS_IN_MINUTE, refreshTokenDays, clock, newId })
  const service = signInService({ store, passwords: argon2Passwords(), sessions, newId, register, accountOf })
  return {
    routes: [...tokenRoutes(service, sessions, options.mayTry), ...documentRoutes(options)],
    trusted: { issuer, audience, jwks: keys.published },
  }
}
