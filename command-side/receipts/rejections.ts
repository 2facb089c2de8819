/** Why a reader's command was refused. The first answers as an absent conversation does. */
export type ReceiptsRejection =
  | { readonly _tag: 'NotAMember' }
  /** Nothing at that number that the reader may read; the conversation ends at `head`. */
  | { readonly _tag: 'NotReadable'; readonly head: number }
