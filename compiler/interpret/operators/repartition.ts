import type { ExchangeRole } from '../exchanges.js'
import { attributed } from '../operator-failure.js'
import type { OperatorContext, OperatorInterpreter, Forward } from './operator.js'

/**
 * Writes to the internal topic; its records are read when the current record is done. Records without a key are
 * filtered silently, as Kafka Streams does: no partition is theirs.
 */
export const repartition: OperatorInterpreter<'repartition'> = (_, context) => writeInternal(context)

export function writeInternal(context: OperatorContext, role: ExchangeRole = 'repartition'): Forward {
  const write = writeInternalAny(context, role)
  return (record) => {
    if (record.key !== null && record.key !== undefined) write(record)
  }
}

/** Records without a key, too. */
export function writeInternalAny(context: OperatorContext, role: ExchangeRole): Forward {
  const { node, effects, serdes, internalTopics, sharedTopics } = context
  const topic = serdes(role)
  const name = internalTopics.get(role)
  if (name === undefined) throw new Error(`${node.kind} ${node.id} has no topic for its ${role}`)
  if (sharedTopics.has(role)) return () => undefined
  return (record) => {
    const output = attributed(node.id, () => ({
      topic: name,
      timestamp: record.timestamp,
      key: topic.key.encode(record.key),
      value: topic.value.encode(record.value),
      headers: record.origin.headers,
    }))
    effects.emit(output)
  }
}
