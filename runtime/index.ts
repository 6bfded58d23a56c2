/**
 * `millrace/runtime`: everything needed in production to run a compiled pipeline, in a program of its own (`runMain`)
 * or inside a service (`createApp`), and what generated modules import.
 */
export { createApp, type App, type AppOptions, type CloseOptions } from './app.js'
export { ConfigError, type AppSettings } from './config.js'
export { PipelineLoadError, loadPipeline } from './load-pipeline.js'
export type { Logger } from './log.js'
export { MissingTopicsError } from './prepare-topics.js'
export { runIfMain } from './run-if-main.js'
export { runMain, type ExitCode } from './run-main.js'
export type { AppState, StateListener } from './state.js'
export { ApplicationStoppedError, type UncaughtErrorHandler, type UncaughtErrorResponse } from './uncaught-errors.js'
export { RecordProcessingError } from './task/task-error.js'
export { DeadLetterHeader } from './task/dead-letter.js'
export * from './abi/index.js'
export * from './generated/index.js'
export * from './generated/index.js'
