/** An error, warning or note of the compiler: a value, collected, never thrown. */
import type { Span } from '../ir/span.js'

/**
 * Whose matter it is.
 * `error`: the program is wrong · `unsupported`: by design · `not-yet`: a gap of ours · `configuration`: files, tsconfig,
 * registry, lock · `internal`: our bug · `warning` and `info` do not stop the build.
 */
export type Severity = 'error' | 'unsupported' | 'not-yet' | 'configuration' | 'internal' | 'warning' | 'info'

export interface Diagnostic {
  /** `MR` and four digits: one page each in docs/diagnostics. `TS…`: TypeScript's own, passed on. */
  readonly code: DiagnosticCode
  readonly severity: Severity
  readonly message: string
  readonly span: Span | undefined
  readonly related: readonly RelatedPlace[]
  /** What to do about it. */
  readonly help: string | undefined
}

export type DiagnosticCode = `MR${number}` | `TS${number}`

export interface RelatedPlace {
  readonly message: string
  readonly span: Span
}

/** What every pass gives: its result, undefined when there is none to go on with, and what it found. */
export interface PassResult<T> {
  readonly value: T | undefined
  readonly diagnostics: readonly Diagnostic[]
}

/** Whether it stops the build. */
export function isError(diagnostic: Diagnostic): boolean {
  return diagnostic.severity !== 'warning' && diagnostic.severity !== 'info'
}
