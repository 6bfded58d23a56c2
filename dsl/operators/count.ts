import { addAggregate } from '../add-aggregate.js'
import type { OperatorCall } from '../model/handle.js'

/** The table is typed where it is counted: groups, windows, grouped tables. */
export function count(call: OperatorCall): unknown {
  return addAggregate(call, { kind: 'count' }, call.args.options(0))
}
