/**
 * Every limit of the log and the domain in one table (docs/limits.md is generated from it).
 * The unit is in the name; a limit that is persisted by its effect (sizes, member counts) is never lowered.
 */
export const limits = {
  contentBytes: 32 * 1024,
  frameBytes: 64 * 1024,
  eventBytes: 128 * 1024,
  appendBytes: 512 * 1024,
  appendEvents: 512,
  membersReadable: 10_000,
  membersE2ee: 1_000,
  membersPerCommand: 200,
  pins: 200,
  mentions: 50,
  blindTokens: 256,
  mediaBytes: 100 * 1024 * 1024,
  reasonCharacters: 512,
  storyBytes: 8 * 1024,
  storiesPerDay: 100,
  reactionBytes: 64,
  reactionsPerMember: 20,
  nameBytes: 256,
  profileBytes: 4 * 1024,
  devicesPerAccount: 32,
  keyWrapsPerEvent: 256,
  unitsPerShard: 100_000,
  storyLifetimeMs: 86_400_000,
  closeFriends: 100,
  jsonDepth: 16,
} as const
