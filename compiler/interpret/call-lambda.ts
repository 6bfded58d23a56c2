/** The one place where the interpreter calls functions of the author. */
import type { AuthorFunction } from '../../dsl/model/graph.js'
import { attributed } from './operator-failure.js'
import { recordContext } from './record-context.js'
import type { FlowRecord } from './record.js'

/** Calls a lambda with `(value, ctx)`. */
export function callLambda(operator: number, lambda: AuthorFunction, record: FlowRecord): unknown {
  return callFunction(operator, lambda, record.value, recordContext(record))
}

/** Calls a function of the author. A thenable cannot be waited for, so it is an error (rule 4). */
export function callFunction(operator: number, lambda: AuthorFunction, ...args: readonly unknown[]): unknown {
  return attributed(operator, () => {
    const result = invoke(lambda, args)
    if (isThenable(result)) {
      throw new TypeError(
        'the lambda of a synchronous operator returned a promise: return a plain value, or use mapAsync for asynchronous work',
      )
    }
    return result
  })
}

/** The graph stores functions with their parameter types forgotten; its node kinds say what they take. */
function invoke(lambda: AuthorFunction, args: readonly unknown[]): unknown {
  return Reflect.apply(lambda, undefined, args)
}

function isThenable(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}
