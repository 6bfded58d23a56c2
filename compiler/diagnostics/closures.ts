/** MR20xx: what lambdas capture and do. */
import type { Span } from '../ir/span.js'
import type { Diagnostic } from './diagnostic.js'
import { make } from './make.js'

export function badCapture(path: string, why: string, span: Span | undefined, declared: Span | undefined): Diagnostic {
  return make('MR2001', span, `'${path}' cannot be compiled into the module: it is ${why}`, {
    help: 'capture plain data, or declare it at module level: then it lives in your own module at run time',
    related: declared === undefined ? [] : [{ message: 'declared here', span: declared }],
  })
}

export function invisibleFunction(what: string, span: Span | undefined): Diagnostic {
  return make('MR2002', span, `the source of ${what} is not visible to the compiler`, {
    help: 'wrap it: (value) => f(value)',
  })
}

export function usesThis(span: Span): Diagnostic {
  return make('MR2004', span, 'a lambda cannot use `this`: no object exists at run time', {
    help: 'copy what it needs into a constant before the lambda',
  })
}

export function usesArguments(span: Span): Diagnostic {
  return make('MR2005', span, 'a lambda cannot use `arguments`', { help: 'name its parameters: (value, ctx) => …' })
}

export function assignsCapture(name: string, span: Span, declared: Span | undefined): Diagnostic {
  return make('MR2006', span, `the lambda assigns to '${name}' of the builder, which does not exist at run time`, {
    help: 'state that lives longer than a record belongs into an aggregation',
    related: declared === undefined ? [] : [{ message: 'declared here', span: declared }],
  })
}

export function changesInput(name: string, span: Span): Diagnostic {
  return make('MR2007', span, `the lambda changes '${name}', its input`, {
    help: 'other operators may read the same record: return a copy, { ...value, field: x }',
  })
}

export function changesCapture(name: string, span: Span, declared: Span | undefined): Diagnostic {
  return make('MR2008', span, `the lambda changes '${name}', a copy of a value of the builder`, {
    help: 'state that lives longer than a record belongs into an aggregation',
    related: declared === undefined ? [] : [{ message: 'declared here', span: declared }],
  })
}

export function asynchronous(operator: string, span: Span): Diagnostic {
  return make('MR2009', span, `${operator} is synchronous: its function cannot be async or return a promise`)
}

export function withoutValue(name: string, span: Span | undefined, declared: Span | undefined): Diagnostic {
  return make('MR2010', span, `'${name}' has no value when the builder ends`, {
    related: declared === undefined ? [] : [{ message: 'declared here', span: declared }],
  })
}

export function recursiveCapture(name: string, span: Span | undefined): Diagnostic {
  return make('MR2011', span, `'${name}' is a function of the builder that captures itself`, {
    help: 'declare it at module level',
  })
}
