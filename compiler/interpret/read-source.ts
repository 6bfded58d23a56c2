/** From a record of a topic to a record in the pipeline: decoding and event time. */
import { invoke } from './call-lambda.js'
import { attributed, SOURCE_DECODER } from './operator-failure.js'
import type { NodeOf } from './operators/operator.js'
import type { FlowRecord, WireRecord } from './record.js'
import type { TopicSerdes } from './serdes/element-serde.js'

/** undefined: the event time is negative, and the record is dropped as in Kafka Streams. */
export function readSource(node: NodeOf<'source'>, serdes: TopicSerdes, origin: WireRecord): FlowRecord | undefined {
  return attributed(SOURCE_DECODER, () => {
    const key = serdes.key.decode(origin.key)
    const value = serdes.value.decode(origin.value)
    const timestamp = eventTime(node, value, origin.timestamp)
    return timestamp < 0 ? undefined : { origin, key, value, timestamp }
  })
}

function eventTime(node: NodeOf<'source'>, value: unknown, own: number): number {
  const extractor = node.topic.timestamp
  if (extractor === undefined) return own
  const time = invoke(extractor, [value])
  const ms = time instanceof Date ? time.getTime() : time
  if (typeof ms === 'number' && Number.isSafeInteger(ms)) return ms
  throw new TypeError(`the event time of the record is neither ms since the epoch nor a valid Date: ${String(time)}`)
}
