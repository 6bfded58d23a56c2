/** MR12xx: running the builder. Those that the DSL itself throws come through `wrongUse`. */
import type { PipelineErrorCode } from '../../dsl/errors.js'
import type { Span } from '../ir/span.js'
import type { Diagnostic, RelatedPlace } from './diagnostic.js'
import { make } from './make.js'

const stageRule = 'the body of a builder runs at build time, each time that the pipeline is built'

export function builderThrew(
  pipeline: string,
  message: string,
  span: Span | undefined,
  callers: readonly RelatedPlace[],
): Diagnostic {
  return make('MR1201', span, `the builder of '${pipeline}' threw: ${message}`, { help: stageRule, related: callers })
}

export function moduleThrew(message: string, span: Span | undefined, callers: readonly RelatedPlace[]): Diagnostic {
  return make('MR1216', span, `a module threw while it was loaded: ${message}`, {
    help: 'modules of pipelines are loaded at build time, too: keep what needs the environment out of module level',
    related: callers,
  })
}

export function builderTimedOut(what: string, milliseconds: number, span: Span | undefined): Diagnostic {
  return make('MR1202', span, `${what} did not end within ${milliseconds} ms`, {
    help: 'look for a loop without end, or raise `builderTimeout` in millrace.config.ts',
  })
}

export function notDeterministic(pipeline: string, difference: string, span: Span | undefined): Diagnostic {
  return make('MR1203', span, `two runs of the builder of '${pipeline}' gave different results: ${difference}`, {
    help: 'a builder must not depend on time, chance or the outside world; what changes from record to record belongs into a lambda',
  })
}

export function wrongUse(
  code: PipelineErrorCode,
  message: string,
  span: Span | undefined,
  help: string | undefined,
): Diagnostic {
  return make(code, span, message, { help })
}

export function danglingStream(label: string, span: Span | undefined): Diagnostic {
  return make('MR1206', span, `nobody uses the stream that ${label} puts out`, {
    help: 'end it with `to`, `forEach` or another operator, or remove it',
  })
}

export function networkInBuilder(what: string, span: Span | undefined): Diagnostic {
  return make('MR1213', span, `${what} is used while the pipeline is built`, {
    help: 'builds are offline and reproducible: read what is needed from a file, or use it inside a lambda',
  })
}

export function environmentInBuilder(name: string, span: Span | undefined): Diagnostic {
  return make('MR1215', span, `the builder reads the environment variable ${name}`, {
    help: 'its value would be compiled into the module: read it at module level and use it inside a lambda, where it is read at run time',
  })
}

export function builderExited(what: string, reason: string, span: Span | undefined): Diagnostic {
  return make('MR1217', span, `${what} ended: ${reason}`)
}
