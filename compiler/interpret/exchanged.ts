/** Operators that stand behind an internal topic of their own: they write what comes, and work on what they read. */
import type { FlowRecord } from './record.js'
import type { Forward, OperatorContext, Receiver } from './operators/operator.js'
import { writeInternal } from './operators/repartition.js'

interface Placed {
  readonly receive: Receiver
  /** Where records of a topic that the node reads begin. */
  readonly start: Forward
}

export function behindExchange(context: OperatorContext, operator: Receiver): Placed {
  const { node, isExchange, forward } = context
  if (!isExchange) return { receive: operator, start: (record) => operator(record, 0) }
  const write = writeInternal(context)
  switch (node.kind) {
    case 'to-table':
      return { receive: write, start: (record) => operator(record, 0) }
    case 'stream-table-join':
      return {
        // A left join keeps records without a key, which no partition is right for.
        receive: (record, port) => (port === 0 && hasKey(record) ? write(record) : operator(record, port)),
        start: (record) => operator(record, 0),
      }
    default:
      return { receive: operator, start: forward }
  }
}

function hasKey({ key }: FlowRecord): boolean {
  return key !== null && key !== undefined
}
