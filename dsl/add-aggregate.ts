/** Records an aggregate with the options that all of them have. */
import { emitted } from './emit-every.js'
import { lifetimeOfGroups } from './lifetime.js'
import type { Aggregation } from './model/aggregation.js'
import type { Handle, OperatorCall } from './model/handle.js'

/** The table of it. */
export function addAggregate(
  { recorder, input, args, table }: OperatorCall,
  aggregation: Aggregation,
  options: Readonly<Record<string, unknown>>,
): Handle {
  const groups = recorder.node(input)
  const ttl = lifetimeOfGroups(groups, options, args)
  const aggregate = recorder.add({ kind: 'aggregate', input, aggregation, ttl }, args, options)
  return table(emitted(recorder, aggregate, groups, options, args))
}
