import { lifetimeOfGroups } from '../lifetime.js'
import type { OperatorCall } from '../model/handle.js'

/** The table is typed where it is counted: groups, windows, grouped tables. */
export function count({ recorder, input, args, table }: OperatorCall): unknown {
  const options = args.options(0)
  const ttl = lifetimeOfGroups(recorder.node(input), options, args)
  return table(recorder.add({ kind: 'aggregate', input, aggregation: { kind: 'count' }, ttl }, args, options))
}
