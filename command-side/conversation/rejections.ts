/**
 * Why a conversation refused a command. The first two answer alike outside: denial looks like absence.
 * Each case names what the sender can do about it through its data.
 */
export type ConversationRejection =
  | { readonly _tag: 'ConversationAbsent' }
  | { readonly _tag: 'NotAMember' }
  | { readonly _tag: 'MessageAbsent' }
  /** It is not there, not for the actor, or not by the other member of a direct conversation. */
  | { readonly _tag: 'StoryAbsent' }
  /** Between two of whom one blocked the other nothing is said. */
  | { readonly _tag: 'Blocked' }
  | { readonly _tag: 'MemberAbsent'; readonly userId: string }
  | { readonly _tag: 'NotAnAdmin' }
  | { readonly _tag: 'LastAdmin' }
  | { readonly _tag: 'NotTheSender' }
  | { readonly _tag: 'MessageIsDeleted' }
  | { readonly _tag: 'CreatedOtherwise' }
  | { readonly _tag: 'DirectIsFixed' }
  | { readonly _tag: 'DirectNeedsOneOther' }
  | { readonly _tag: 'DirectIdExpected'; readonly conversation: string }
  /** A derived id (UUIDv8) belongs to two people's direct conversation: a group takes a UUIDv7. */
  | { readonly _tag: 'GroupIdExpected' }
  | { readonly _tag: 'TooManyMembers'; readonly limit: number }
  | { readonly _tag: 'TooManyPins'; readonly limit: number }
  | { readonly _tag: 'TooManyReactions'; readonly limit: number }
  | { readonly _tag: 'OtherContentExpected'; readonly encryption: 'e2ee' | 'readable' }
  | { readonly _tag: 'ContentTooLarge'; readonly bytes: number; readonly limit: number }
  | { readonly _tag: 'EpochExpected'; readonly epoch: number }
