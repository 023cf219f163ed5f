import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

/** Without a server: pure code, configuration, and the repository itself. */
const unit = ['test/{domain,runtime,repository}/**/*.test.ts', 'test/**/*.unit.test.ts']

export default defineConfig({
  test: {
    // The programs under test are processes of their own: one file at a time leaves a machine of two cores half idle.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    reporters: ['default', './test/support/plain-line-reporter.ts'],
    projects: [
      {
        test: {
          name: 'unit',
          include: unit,
          // For those that read the whole tree, on a machine that does much else.
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'services',
          include: ['test/**/*.test.ts'],
          exclude: unit,
          globalSetup: './test/support/servers/global-setup.ts',
          setupFiles: ['./test/support/judge/judge-every-test.ts'],
          pool: 'forks',
          // Each file makes a world of its own; what it imports is kept for the next: read anew for each it took a
          // fifth of the run.
          isolate: false,
          // All limits are for a machine whose cores others keep busy: `until` (test/support) waits for as long as a
          // poll.
          testTimeout: 240_000,
          hookTimeout: 240_000,
          expect: { poll: { timeout: 90_000 } },
        },
      },
    ],
  },
})
