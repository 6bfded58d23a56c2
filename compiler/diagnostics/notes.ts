/** MR30xx: notes about what the compiler did, and why; they never stop a build. MR9999: a fault of the compiler. */
import type { Span } from '../ir/span.js'
import type { Diagnostic } from './diagnostic.js'
import { make } from './make.js'

export function changesEachTime(call: string, span: Span): Diagnostic {
  return make(
    'MR3001',
    span,
    `${call} gives another result each time: after a restart the record gives another output`,
    {
      help: 'use ctx.timestamp for time, and the record itself (or ctx.offset) for what must be unique',
    },
  )
}

export function keptStatement(span: Span): Diagnostic {
  return make('MR3005', span, 'this statement runs each time that the compiled pipeline is loaded', {
    help: 'nothing shows that it has no effect: move it into the builder if it only builds the pipeline, into a function if it belongs to lambdas, or write /*@__PURE__*/ before a call whose result is all it gives',
  })
}

export function internalFault(message: string, span: Span | undefined): Diagnostic {
  return make('MR9999', span, message, { help: 'this is a fault of millrace: please report it with the pipeline' })
}
