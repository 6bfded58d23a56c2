/** Builds a diagnostic; only the factories of this folder call it. */
import type { Span } from '../ir/span.js'
import { codes, type Code } from './codes.js'
import type { Diagnostic, RelatedPlace } from './diagnostic.js'

export interface Details {
  readonly help?: string | undefined
  readonly related?: readonly RelatedPlace[]
}

export function make(code: Code, span: Span | undefined, message: string, details: Details = {}): Diagnostic {
  return {
    code,
    severity: codes[code].severity,
    message,
    span,
    related: details.related ?? [],
    help: details.help,
  }
}
