import type { OperatorCall } from '../model/handle.js'

/** The table is typed where it is counted: groups, windows, grouped tables. */
export function count({ recorder, input, args, table }: OperatorCall): unknown {
  return table(recorder.add({ kind: 'aggregate', input, aggregation: { kind: 'count' } }, args, args.options(0)))
}
