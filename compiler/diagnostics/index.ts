/** What tools show of diagnostics; passes import the factories of their phase directly. */
export type { Diagnostic } from './diagnostic.js'
export { renderDiagnostics, renderSummary } from './render.js'
export { diagnosticToJson } from './to-json.js'
