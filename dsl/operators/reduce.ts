import { lifetimeOfGroups } from '../lifetime.js'
import type { OperatorCall } from '../model/handle.js'

/** Of a grouped stream or its windows. */
export function reduce({ recorder, input, args, table }: OperatorCall): unknown {
  const add = args.function(0, 'its reducer')
  const aggregation = { kind: 'reduce', add, subtract: undefined } as const
  const options = args.options(1)
  const ttl = lifetimeOfGroups(recorder.node(input), options, args)
  return table(recorder.add({ kind: 'aggregate', input, aggregation, ttl }, args, options))
}
