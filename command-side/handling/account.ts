import * as E from 'fp-ts/lib/Either.js'
import type { StreamName } from '../../events/event-store.js'
import { open } from '../../events/sealing.js'
import { accountStream } from '../../events/streams.js'
import type { Problem } from '../../events/wire/answers.js'
import type { AccountCommand, Profile } from '../../events/wire/commands.js'
import { problem } from '../../events/wire/problems.js'
import type { AccountCommand as DecidedCommand } from '../account/commands.js'
import { accountDecider, profileRevisionOf, type AccountState } from '../account/decider.js'
import type { Accounts } from './accounts.js'
import { accountProblem, unavailable } from './answers.js'
import { acknowledged, answered, decideAndAppend, settled, unchanged, type Answer, type Step } from './deciding.js'
import type { CommandSideDependencies } from './dependencies.js'
import type { Last } from './kept.js'
import type { AnyDraft } from './seal-drafts.js'
import type { StreamStates } from './stream-states.js'
import { keyOf, keysFor, type ObtainedKeys } from './unit-keys.js'

type CurrentProfile = E.Either<Problem, Profile | undefined>

/** The profile as it stands, opened; undefined before registration and once it was forgotten. */
const currentProfile = async ({ eventStore, keyStore }: CommandSideDependencies, stream: StreamName, account: string, state: AccountState): Promise<CurrentProfile> => {
  const revision = profileRevisionOf(state)
  if (revision === undefined) return E.right(undefined)
  const key = await keyOf(keyStore, stream, account)
  if (E.isLeft(key) || key.right === undefined) return E.map(() => undefined)(key)
  for await (const { id, type, sealed } of eventStore.read(stream, { from: BigInt(revision), direction: 'forwards', limit: 1 })) {
    const opened = sealed === undefined ? undefined : open(key.right, { stream, eventId: id, type }, sealed)
    // Only profiles of this schema are sealed under an account's unit.
    return E.right(opened === undefined || E.isLeft(opened) ? undefined : (JSON.parse(Buffer.from(opened.right.content).toString('utf8')) as Profile))
  }
  return E.right(undefined)
}

const decidedCommand = (actor: string, command: AccountCommand, current: Profile | undefined): DecidedCommand => {
  switch (command.type) {
    case 'ChangeProfile':
      return { ...command, actor, current }
    case 'RegisterDevice':
      return { ...command, actor, signingKey: command.signingKey, boxKey: command.boxKey }
    case 'RegisterAccount':
    case 'RevokeDevice':
    case 'Follow':
    case 'Unfollow':
    case 'AddCloseFriend':
    case 'RemoveCloseFriend':
    case 'Block':
    case 'Unblock':
    case 'HideStoriesFrom':
    case 'MuteStories':
    case 'SetNotifications':
    case 'SetLastSeen':
      return { ...command, actor }
  }
}

const handleIn = (drafts: ReadonlyArray<AnyDraft>): string | undefined => {
  for (const draft of drafts) if ('content' in draft && 'handle' in draft.content) return draft.content.handle
  return undefined
}

/** The other accounts that the events name: they must be there. */
const othersIn = (drafts: ReadonlyArray<AnyDraft>): ReadonlyArray<string> => [
  ...new Set(drafts.flatMap(({ data }) => ('userId' in data ? [data.userId] : []))),
]

/** The handles of one command: the new one is claimed before the append, the one that is no longer used released after it. */
const handleClaims = ({ handles, handleDigest }: CommandSideDependencies, account: string) => {
  let claimed: string | undefined
  return {
    claim: async (handle: string): Promise<E.Either<Problem, void>> => {
      const digest = handleDigest(handle)
      const mine = await handles.claim(digest, account)()
      if (E.isLeft(mine)) return E.left(unavailable(mine.left.retryAfterMs))
      if (!mine.right) return E.left(problem('handle-taken'))
      claimed = digest
      return E.right(undefined)
    },
    /** Should releasing fail, the account keeps a handle that it does not use. */
    keepOnly: async (kept: string | undefined, other: string | undefined): Promise<void> => {
      const keptDigest = kept === undefined ? undefined : handleDigest(kept)
      const digests = new Set([claimed, other === undefined ? undefined : handleDigest(other)])
      for (const digest of digests) if (digest !== undefined && digest !== keptDigest) await handles.release(digest, account)()
    },
  }
}

const isOutcomeKnown = (answer: Answer): boolean => E.isRight(answer) || answer.left.status < 500

/** Handles one command of an account about itself, given its lane. */
export const accountHandler = (deps: CommandSideDependencies, states: StreamStates<AccountState>, known: Pick<Accounts, 'unregistered'>) => {
  const run = decideAndAppend(deps, states)
  return async (account: string, command: AccountCommand): Promise<Answer> => {
    const stream = accountStream(account)
    const keys = keysFor(deps.keyStore, stream, account)
    const correlation = deps.newId()
    const claims = handleClaims(deps, account)
    let before: Profile | undefined
    let changed = false

    const propose = async (drafts: ReadonlyArray<AnyDraft>): Promise<Step> => {
      if ((await known.unregistered(othersIn(drafts))).length > 0) return answered(E.left(problem('not-found')))
      const handle = handleIn(drafts)
      const claim = handle === undefined ? E.right(undefined) : await claims.claim(handle)
      if (E.isLeft(claim)) return settled(claim)
      const obtained = await keys(drafts)
      if (E.isLeft(obtained)) return settled(obtained)
      const stamp = { recordedAt: deps.clock(), actor: account, device: null, command: null, correlation }
      const renew = async () => E.map((again: ObtainedKeys) => again.keys)(await keys(drafts))
      return { _tag: 'Proposed', drafts, stamp, keys: obtained.right.keys, renew }
    }

    const decide = async ({ state, ...kept }: Parameters<typeof unchanged>[0] & { readonly state: AccountState }): Promise<Step> => {
      const current = command.type === 'ChangeProfile' || command.type === 'RegisterAccount' ? await currentProfile(deps, stream, account, state) : E.right(undefined)
      if (E.isLeft(current)) return answered(current)
      before = current.right
      const decision = accountDecider.decide(decidedCommand(account, command, before), state)
      if (E.isLeft(decision)) return settled(E.left(accountProblem(decision.left)))
      return decision.right.length === 0 ? settled(unchanged({ ...kept, state })) : propose(decision.right)
    }

    const onAppended = async (drafts: ReadonlyArray<AnyDraft>, last: Last) => {
      const handle = handleIn(drafts)
      changed = true
      if (handle !== undefined) await claims.keepOnly(handle, before?.handle)
      return acknowledged(last)
    }

    const answer = await run(stream, decide, onAppended)
    if (!changed && isOutcomeKnown(answer)) await claims.keepOnly(before?.handle, undefined)
    return answer
  }
}
