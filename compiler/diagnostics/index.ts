export { codes, type Code, type CodeInfo } from './codes.js'
export { Collector, inReadingOrder } from './collector.js'
export {
  isError,
  type Diagnostic,
  type DiagnosticCode,
  type PassResult,
  type RelatedPlace,
  type Severity,
} from './diagnostic.js'
export { renderDiagnostics, renderSummary, type Paint, type RenderOptions } from './render.js'
export { diagnosticToJson, type DiagnosticJson } from './to-json.js'
export * from './closures.js'
export * from './load.js'
export * from './notes.js'
export * from './stage.js'
export * from './types.js'
