import { addAggregate } from '../add-aggregate.js'
import type { OperatorCall } from '../model/handle.js'

/** Of a grouped stream or its windows. */
export function reduce(call: OperatorCall): unknown {
  const add = call.args.function(0, 'its reducer')
  return addAggregate(call, { kind: 'reduce', add, subtract: undefined }, call.args.options(1))
}
