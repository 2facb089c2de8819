const thirty = 'a'.repeat(30)

/** Texts of so many bytes that a careless parser of mentions and code would read again and again. */
export const hostileTexts: ReadonlyArray<readonly [name: string, text: (bytes: number) => string]> = [
  ['nothing but @', (bytes) => '@'.repeat(bytes)],
  ['one endless handle', (bytes) => `@${'a'.repeat(bytes)}`],
  ['handles one too long', (bytes) => `@${'a'.repeat(31)}`.repeat(bytes / 32)],
  ['handles that end in a combining mark', (bytes) => `@${thirty}\u0308`.repeat(bytes / 32)],
  ['one backtick after another', (bytes) => '` '.repeat(bytes / 2)],
  ['nothing but backticks', (bytes) => '`'.repeat(bytes)],
  ['runs of backticks that nothing closes', (bytes) => Array.from({ length: Math.sqrt(2 * bytes) }, (_, index) => '`'.repeat(index + 1)).join(' ')],
  ['backticks and line ends', (bytes) => '`\n'.repeat(bytes / 2)],
  ['code and mentions by turns', (bytes) => '`a`@aaa '.repeat(bytes / 8)],
  ['high surrogates alone', (bytes) => '\ud800@aa'.repeat(bytes / 4)],
]
