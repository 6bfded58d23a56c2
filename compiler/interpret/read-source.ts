/** From a record of a topic to a record in the pipeline: decoding and event time. */
import { callLambda } from './call-lambda.js'
import { attributed, SOURCE_DECODER } from './operator-failure.js'
import type { NodeOf } from './operators/operator.js'
import type { FlowRecord, WireRecord } from './record.js'
import type { TopicSerdes } from './serdes/element-serde.js'

/** undefined: the event time is negative, and the record is dropped as in Kafka Streams. */
export function readSource(
  node: NodeOf<'source' | 'table-source' | 'global-table'>,
  serdes: TopicSerdes,
  origin: WireRecord,
): FlowRecord | undefined {
  return attributed(SOURCE_DECODER, () => {
    const key = serdes.key.decode(origin.key)
    const value = serdes.value.decode(origin.value)
    const record = { origin, key, value, timestamp: origin.timestamp }
    const timestamp = eventTime(node, record)
    return timestamp < 0 ? undefined : { ...record, timestamp }
  })
}

function eventTime(node: NodeOf<'source' | 'table-source' | 'global-table'>, record: FlowRecord): number {
  const extractor = node.topic.timestamp
  if (extractor === undefined) return record.timestamp
  const time = callLambda(SOURCE_DECODER, extractor, record)
  const ms = time instanceof Date ? time.getTime() : time
  if (typeof ms === 'number' && Number.isSafeInteger(ms)) return ms
  throw new TypeError(`the event time of the record is neither ms since the epoch nor a valid Date: ${String(time)}`)
}
