import { defineConfig } from 'vitest/config'

/** Suites: `unit` needs nothing; `contract` and `end-to-end` start real services through test/support/services. */
export default defineConfig({
  test: {
    projects: [
      { test: { name: 'unit', include: ['**/*.unit.spec.ts'], exclude: ['node_modules', 'dist'], testTimeout: 20_000 } },
      {
        test: {
          name: 'contract',
          include: ['test/contracts/**/*.spec.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          globalSetup: ['test/support/services/announce.ts'],
        },
      },
      {
        test: {
          name: 'end-to-end',
          include: ['test/end-to-end/**/*.spec.ts'],
          testTimeout: 180_000,
          hookTimeout: 180_000,
          globalSetup: ['test/support/services/announce.ts'],
          fileParallelism: false,
        },
      },
    ],
  },
})
