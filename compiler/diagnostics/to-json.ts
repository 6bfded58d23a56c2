/** Diagnostics for tools: one flat object each. */
import type { Span } from '../ir/span.js'
import { isError, type Diagnostic } from './diagnostic.js'

export interface DiagnosticJson {
  readonly code: string
  readonly severity: string
  /** Whether it stops the build. */
  readonly error: boolean
  readonly message: string
  readonly file: string | null
  /** 1-based. */
  readonly line: number | null
  readonly column: number | null
  readonly start: number | null
  readonly end: number | null
  readonly help: string | null
  readonly related: readonly {
    readonly message: string
    readonly file: string
    readonly line: number
    readonly column: number
  }[]
}

export function diagnosticToJson(diagnostic: Diagnostic): DiagnosticJson {
  const { code, severity, message, span, help, related } = diagnostic
  return {
    code,
    severity,
    error: isError(diagnostic),
    message,
    file: span?.file ?? null,
    line: span?.line ?? null,
    column: span?.column ?? null,
    start: span?.start ?? null,
    end: span?.end ?? null,
    help: help ?? null,
    related: related.map((place) => ({ message: place.message, ...placeOf(place.span) })),
  }
}

function placeOf({ file, line, column }: Span): { file: string; line: number; column: number } {
  return { file, line, column }
}
