/** Runs an application as a program: signals drain it, the exit code tells how it ended. */
import { createApp, type AppOptions } from './app.js'
import { ConfigError } from './config.js'
import { PipelineLoadError } from './load-pipeline.js'

/** 0: closed by a signal; 1: failed; 2: wrong options or a module that cannot be run. */
export type ExitCode = 0 | 1 | 2

/**
 * Starts the application and resolves when it has ended; never rejects. SIGTERM and SIGINT drain it; a second signal
 * ends the process at once. Sets `process.exitCode`. Serves HTTP at 127.0.0.1:9464 unless `http` says otherwise.
 * A module that runs itself (`pipeline: new URL(import.meta.url)`) must not await it at its top level: it is imported.
 */
export const runMain = async (options: AppOptions): Promise<ExitCode> => {
  const code = await run(options)
  process.exitCode = code
  return code
}

const run = async (options: AppOptions): Promise<ExitCode> => {
  let app
  try {
    app = createApp({ http: {}, ...options })
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    return error instanceof ConfigError ? 2 : 1
  }
  let signals = 0
  const drain = (): void => {
    if (++signals > 1) process.exit(1)
    void app.close()
  }
  process.on('SIGTERM', drain)
  process.on('SIGINT', drain)
  try {
    await app.start()
    await app.finished()
    return 0
  } catch (error) {
    if (signals > 0) return app.error === undefined ? 0 : 1
    return error instanceof PipelineLoadError || error instanceof ConfigError ? 2 : 1
  } finally {
    await app.close()
    process.off('SIGTERM', drain)
    process.off('SIGINT', drain)
  }
}
