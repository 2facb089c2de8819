// Rates are costs, not counts: what an action draws from a bucket is what it costs us (docs/limits.md is generated from here).

interface Bucket {
  /** Whose: an account, one of its devices, a network address, a handle that is signed in to, a handle from one address. */
  readonly scope: 'account' | 'device' | 'address' | 'handle' | 'handleAtAddress'
  readonly points: number
  /** After the first draw; then it is full again. */
  readonly refillSeconds: number
  readonly costs: Readonly<Record<string, number>>
}

const work = { message: 1, command: 1, query: 1, search: 20, read: 0.2, typing: 0.1, delivered: 0.1, watch: 5, ping: 0.1, hello: 5 }
const password = { 'sign-in': 10 }

/** A fast person with several devices stays far below; many people may share an address. */
export const rateLimits = {
  accountWork: { scope: 'account', points: 300, refillSeconds: 10, costs: work },
  deviceWork: { scope: 'device', points: 200, refillSeconds: 10, costs: work },
  addressWork: { scope: 'address', points: 3_000, refillSeconds: 10, costs: { ...work, connection: 5, stranger: 5, 'sign-in': 10, 'sign-up': 10, refresh: 1 } },
  addressSignIn: { scope: 'address', points: 300, refillSeconds: 60, costs: { 'sign-in': 10, 'sign-up': 20, refresh: 1 } },
  handleSignIn: { scope: 'handle', points: 1_000, refillSeconds: 300, costs: password },
  handleSignInAtAddress: { scope: 'handleAtAddress', points: 100, refillSeconds: 300, costs: password },
} as const satisfies Record<string, Bucket>

type CostsOf<B> = B extends { readonly costs: infer C } ? keyof C : never
export type RateAction = CostsOf<(typeof rateLimits)[keyof typeof rateLimits]>

const actions: ReadonlySet<string> = new Set(Object.values(rateLimits).flatMap(({ costs }) => Object.keys(costs)))

export const isRateAction = (name: string): name is RateAction => actions.has(name)
