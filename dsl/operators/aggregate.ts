import { addAggregate } from '../add-aggregate.js'
import { declaredFields } from '../declared-fields.js'
import type { Aggregation } from '../model/aggregation.js'
import type { Arguments } from '../model/arguments.js'
import type { OperatorCall } from '../model/handle.js'

/** Of a grouped stream or its windows: `(initial, add, options)` or `({ name: aggregator }, options)`. */
export function aggregate(call: OperatorCall): unknown {
  const { args } = call
  const folds = typeof args.at(0) === 'function'
  const options = args.options(folds ? 2 : 1)
  const aggregation: Aggregation = folds ? fold(args, options) : { kind: 'declared', fields: declaredFields(args) }
  return addAggregate(call, aggregation, options)
}

function fold(args: Arguments, options: Readonly<Record<string, unknown>>): Aggregation {
  return {
    kind: 'fold',
    initial: args.function(0, 'its initial value'),
    add: args.function(1, 'what adds a value'),
    subtract: undefined,
    merge: args.optionalFunction(options['merge'], '`merge`'),
  }
}
