/** Why an author's stories refused a command. */
export type StoriesRejection =
  | { readonly _tag: 'StoryAbsent' }
  /** Of a story that says something else, or has ended. */
  | { readonly _tag: 'StoryIdUsed' }
  | { readonly _tag: 'NewStoryIdExpected' }
  | { readonly _tag: 'StoryIsEmpty' }
  | { readonly _tag: 'StoryTooLarge'; readonly bytes: number; readonly limit: number }
  | { readonly _tag: 'TooManyStories'; readonly limit: number }
