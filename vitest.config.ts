import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import LongFilesFirst from './test/support/run/long-files-first.ts'

/** Without a server: pure code, configuration, and the repository itself. */
const unit = ['test/{domain,runtime,repository}/**/*.test.ts', 'test/**/*.unit.test.ts']

/** For a machine whose cores others keep busy. In milliseconds; Vitest's own limit is one second. */
const poll = { timeout: 90_000 }

export default defineConfig({
  test: {
    // A file waits for a third of its time: one more at a time than the machine has cores. The servers that all share
    // serve no more than eight.
    maxWorkers: Math.min(availableParallelism() + 1, 8),
    sequence: { sequencer: LongFilesFirst },
    reporters: ['default', './test/support/run/plain-line-reporter.ts'],
    projects: [
      {
        test: {
          name: 'unit',
          include: unit,
          // What a file imports is kept for the next: read anew for each it took half of the time.
          isolate: false,
          // For those that read the whole tree, on a machine that does much else.
          testTimeout: 120_000,
          hookTimeout: 120_000,
          expect: { poll },
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
          // Tests that run at the same time in a file wait for other processes most of the time.
          maxConcurrency: 10,
          // As above. Each file makes a world of its own.
          isolate: false,
          // `until` (test/support) waits for as long as a poll.
          testTimeout: 240_000,
          hookTimeout: 240_000,
          expect: { poll },
        },
      },
    ],
  },
})
