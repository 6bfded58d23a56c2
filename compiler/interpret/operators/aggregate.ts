import { allowedLag } from '../../../dsl/model/window-spec.js'
import { aggregatorOf, type CogroupParts } from '../aggregation/aggregator.js'
import { keyedAggregate } from '../aggregation/keyed.js'
import { sessionWindows } from '../aggregation/session-windows.js'
import { slidingWindows } from '../aggregation/sliding-windows.js'
import { tableAggregate } from '../aggregation/table.js'
import { timeWindows } from '../aggregation/time-windows.js'
import type { OperatorInterpreter } from './operator.js'

/** What it is an aggregate of says the chain of nodes before it: groups, windows, a cogroup. */
export const aggregate: OperatorInterpreter<'aggregate'> = (node, context) => {
  const { nodes } = context.graph
  const input = nodes[node.input]
  const window = input?.kind === 'window' ? input.window : undefined
  const grouped = input?.kind === 'window' ? nodes[input.input] : input
  const cogroup: CogroupParts | undefined = grouped?.kind === 'cogroup' ? grouped : undefined
  const aggregator = aggregatorOf(node.id, node.aggregation, cogroup)
  if (grouped?.kind === 'group-table') return tableAggregate(aggregator, context)
  const inputs = grouped?.kind === 'cogroup' ? grouped.inputs.length : 1
  const lag = window === undefined ? 0 : allowedLag(window, inputs)
  switch (window?.kind) {
    case undefined:
      return keyedAggregate(aggregator, context, node.ttl)
    case 'time':
      return timeWindows(window, aggregator, context, lag)
    case 'sliding':
      return slidingWindows(window, aggregator, context, lag)
    case 'session':
      return sessionWindows(window, aggregator, context, lag)
  }
}
