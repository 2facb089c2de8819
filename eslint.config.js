import js from '@eslint/js'
import tseslint from 'typescript-eslint'

const pureDomain = [
  { selector: "NewExpression[callee.name='Date']", message: 'time arrives in the command' },
  { selector: "MemberExpression[object.name='Date'][property.name='now']", message: 'time arrives in the command' },
  { selector: "MemberExpression[object.name='Math'][property.name='random']", message: 'identifiers arrive in the command' },
  { selector: "MemberExpression[object.name='process']", message: 'deciders read no environment' },
]

export default tseslint.config(
  { ignores: ['dist/**', 'node_modules/**', '.tidings/**', 'docs/**'] },
  js.configs.recommended,
  ...tseslint.configs.strict,
  {
    files: ['**/*.ts'],
    rules: {
      'max-lines': ['error', { max: 300, skipBlankLines: false }],
      'max-lines-per-function': ['error', { max: 50, skipComments: true, skipBlankLines: true }],
      '@typescript-eslint/switch-exhaustiveness-check': 'off',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/no-invalid-void-type': 'off',
      'no-console': 'error',
      eqeqeq: 'error',
      'no-restricted-syntax': [
        'error',
        { selector: 'ImportDeclaration[source.value=/^fp-ts.[^l]/]', message: 'import fp-ts as fp-ts/lib/X.js' },
        { selector: 'ImportDeclaration[importKind!="type"][source.value=/^fp-ts.lib.(Either|TaskEither|Option|ReadonlyArray).js$/] > ImportSpecifier[importKind!="type"]', message: 'fp-ts by namespace import: E, TE, O, RA' },
      ],
    },
  },
  { files: ['**/*.spec.ts', 'test/**/*.ts', 'bench/**/*.ts'], rules: { 'max-lines-per-function': 'off' } },
  { files: ['server/cli/**', 'bench/**', 'test/support/services/announce.ts'], rules: { 'no-console': 'off' } },
  {
    files: ['command-side/account/**/*.ts', 'command-side/conversation/**/*.ts', 'command-side/receipts/**/*.ts'],
    ignores: ['**/*.spec.ts'],
    rules: { 'no-restricted-syntax': ['error', ...pureDomain] },
  },
  { files: ['**/*.mjs', '**/*.cjs', '*.js'], languageOptions: { globals: { process: 'readonly', console: 'readonly', module: 'writable', URL: 'readonly', setTimeout: 'readonly' } }, rules: { 'no-console': 'off' } },
)
