/** What a query may ask for at once. */
export const queryLimits = {
  pageDefault: 50,
  pageMost: 200,
  /** Profiles at once. */
  profiles: 200,
  /** Characters of a message in a notification. */
  previewCharacters: 140,
  /** Authors whose stories may come to an account, and their stories, the newest first. */
  trayAuthorsAsked: 10_100,
  trayStories: 5_000,
  /** Stories that an account is told of, the newest first: of others it is not told. */
  toldStories: 5_000,
  /** Unread messages, and notifications, are counted up to here. */
  unreadCount: 999,
  /** How long a query waits for the read models to hold `?after=`. */
  waitMs: 5_000,
  busyRetryAfterMs: 1_000,
} as const
