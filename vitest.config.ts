import { defineConfig } from 'vitest/config'

/** The lane that needs Node alone: units, type tests, and the end-to-end files on the embedded broker and registry. */
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/kafka/**', 'test/oracles/**'],
    maxWorkers: 2,
    testTimeout: 30_000,
    // Processes that tests start overwrite fetched bytes that are done with, so that nobody reads them unnoticed.
    env: { MILLRACE_OVERWRITE_DONE: '1' },
    hookTimeout: 30_000,
    typecheck: {
      enabled: true,
      include: ['test/**/*.test-d.ts'],
      tsconfig: 'tsconfig.json',
      // Faults elsewhere are what `npm run typecheck` is for.
      ignoreSourceErrors: true,
    },
    coverage: {
      provider: 'v8',
      reporter: ['text-summary', 'html'],
      include: ['dsl/**', 'avro/**', 'registry/**', 'compiler/**', 'runtime/**', 'embedded/**', 'testing/**', 'cli/**'],
      exclude: ['runtime/kafka/protocol/generated/**'],
    },
  },
})
