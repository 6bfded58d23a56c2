import { attributed } from '../operator-failure.js'
import type { OperatorContext, OperatorInterpreter, Forward } from './operator.js'

/**
 * Writes to the internal topic; its records are read when the current record is done. Records without a key are
 * filtered silently, as Kafka Streams does: no partition is theirs.
 */
export const repartition: OperatorInterpreter<'repartition'> = (_, context) => writeInternal(context)

export function writeInternal({ node, effects, serdes, internalTopic }: OperatorContext): Forward {
  const topic = serdes()
  return (record) => {
    if (record.key === null || record.key === undefined) return
    const output = attributed(node.id, () => ({
      topic: internalTopic,
      timestamp: record.timestamp,
      key: topic.key.encode(record.key),
      value: topic.value.encode(record.value),
      headers: record.origin.headers,
    }))
    effects.emit(output)
  }
}
