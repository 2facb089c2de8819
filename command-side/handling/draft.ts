import type { AnyEvent } from '../../events/registry.js'
import type { Content, Profile, StoryContent } from '../../events/wire/commands.js'

/** What a decider reads of an event: everything but the digest of what is sealed. Drafts and recorded events are both facts. */
export type Fact<E extends AnyEvent> = E extends { readonly type: infer T; readonly data: infer D }
  ? { readonly type: T; readonly data: Omit<D, 'digest'> }
  : never

/** An event as a decider makes it: where the registry asks for a `digest`, the content that the handler is going to seal. */
export type Draft<E extends AnyEvent> = E extends { readonly type: infer T; readonly data: infer D }
  ? D extends { readonly digest: string }
    ? { readonly type: T; readonly data: Omit<D, 'digest'>; readonly content: Content | Profile | StoryContent }
    : { readonly type: T; readonly data: D }
  : never
