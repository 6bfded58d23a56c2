import { defineConfig } from 'vitest/config'

/**
 * The lane of the real thing: a broker and a registry that its global setup fetches and starts, and clients that others
 * wrote. The end-to-end files are the same as in the lane that needs Node alone.
 */
export default defineConfig({
  test: {
    include: ['test/kafka/**/*.test.ts', 'test/oracles/**/*.test.ts', 'test/e2e/**/*.e2e.test.ts'],
    globalSetup: ['test/kafka/setup/global-setup.ts'],
    // They share one broker, which each finds empty.
    fileParallelism: false,
    // A real broker tells of new topics and leaders when it likes, to clients that are not ours, too.
    retry: 1,
    testTimeout: 60_000,
    // Processes that tests start overwrite fetched bytes that are done with, so that nobody reads them unnoticed.
    env: { MILLRACE_OVERWRITE_DONE: '1' },
    hookTimeout: 120_000,
  },
})
