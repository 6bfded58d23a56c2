/** `millrace/compiler`: building pipelines from a program of one's own. */
export {
  compile,
  Session,
  type CompiledPipeline,
  type CompileOptions,
  type CompileResult,
  type PipelineLevels,
} from './compile.js'
export { acceptPipeline, renameInLock } from './topology-lock/accept.js'
export { comparePipelines } from './topology-lock/compare.js'
export { worst, type Difference, type Verdict } from './topology-lock/difference.js'
export {
  emptyTopologyLock,
  parseTopologyLock,
  printTopologyLock,
  TopologyLockError,
  type LockedPipeline,
  type TopologyLock,
} from './topology-lock/lock.js'
export { isError, type Diagnostic } from './diagnostics/diagnostic.js'
export { optimizations, type Optimization } from './ir/optimizations.js'
export {
  explain,
  explainLevels,
  lambdaReports,
  type ExplainedPipeline,
  type ExplainLevel,
  type ExplainOptions,
  type LambdaReport,
} from './explain/index.js'
export type { OutputFile } from './link/link.js'
export type { PassTiming } from './timings.js'
export {
  staleOutputs,
  writeOutputs,
  type StaleFile,
  type WriteOptions,
  type WriteReport,
} from './link/write-outputs.js'
