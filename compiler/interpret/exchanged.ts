/** Operators that stand behind internal topics of their own: they write what comes, and work on what they read. */
import type { ExchangeRole } from './exchanges.js'
import type { FlowRecord } from './record.js'
import type { Forward, OperatorContext, Receiver } from './operators/operator.js'
import { FOREIGN_KEY_PORTS } from './operators/foreign-key-join.js'
import { writeInternal } from './operators/repartition.js'

export interface Placed {
  readonly receive: Receiver
  /** Where records of the node's internal topics begin. */
  readonly starts: ReadonlyMap<ExchangeRole, Forward>
}

export function behindExchange(context: OperatorContext, operator: Receiver): Placed {
  const { node, internalTopics, forward } = context
  if (internalTopics.size === 0) return { receive: operator, starts: new Map() }
  const at =
    (port: number): Forward =>
    (record) => {
      operator(record, port)
    }
  switch (node.kind) {
    case 'to-table':
      return { receive: writeInternal(context), starts: new Map([['repartition', at(0)]]) }
    case 'process':
    case 'dedupe':
    case 'stream-table-join': {
      const write = writeInternal(context)
      return {
        // Records without a key, which no partition is right for, stay: left joins and processors have a use for them.
        receive: (record, port) => (port === 0 && hasKey(record) ? write(record) : operator(record, port)),
        starts: new Map([['repartition', at(0)]]),
      }
    }
    case 'stream-join': {
      const roles = ['left-repartition', 'right-repartition'] as const
      const writers = roles.map((role) => (internalTopics.has(role) ? writeInternal(context, role) : undefined))
      const keptWithoutKey = [node.join !== 'inner', node.join === 'outer']
      return {
        receive: (record, port) => {
          const write = writers[port]
          if (write === undefined || (!hasKey(record) && keptWithoutKey[port] === true)) operator(record, port)
          else write(record)
        },
        starts: new Map(roles.map((role, port) => [role, at(port)])),
      }
    }
    case 'foreign-key-join': {
      const { registration, response } = FOREIGN_KEY_PORTS
      return {
        receive: operator,
        starts: new Map([
          ['subscription-registration', at(registration)],
          ['subscription-response', at(response)],
        ]),
      }
    }
    default:
      return { receive: operator, starts: new Map([['repartition', forward]]) }
  }
}

function hasKey({ key }: FlowRecord): boolean {
  return key !== null && key !== undefined
}
