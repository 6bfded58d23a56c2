import { callLambda } from '../call-lambda.js'
import { attributed } from '../operator-failure.js'
import type { FlowRecord, RecordHeader } from '../record.js'
import type { NodeOf, OperatorInterpreter } from './operator.js'

/** Encodes and writes; null is a tombstone. Headers and timestamp of the record are kept unless the sink sets them. */
export const to: OperatorInterpreter<'to'> = (node, { effects, serdes }) => {
  const topic = serdes()
  return (record) => {
    const output = attributed(node.id, () => ({
      topic: targetTopic(node, record),
      timestamp: timestampOf(node, record),
      headers: headersOf(node, record),
      key: topic.key.encode(record.key),
      value: topic.value.encode(record.value),
    }))
    effects.emit(output)
  }
}

function targetTopic(node: NodeOf<'to'>, record: FlowRecord): string {
  if (node.target.kind === 'topic') return node.target.topic.name
  const chosen = callLambda(node.id, node.target.choose, record)
  if (typeof chosen === 'string' && chosen !== '') return chosen
  throw new TypeError(`the topic chosen for the record is no name: ${String(chosen)}`)
}

function timestampOf(node: NodeOf<'to'>, record: FlowRecord): number {
  if (node.timestamp === undefined) return record.timestamp
  const timestamp = callLambda(node.id, node.timestamp, record)
  if (typeof timestamp === 'number' && Number.isSafeInteger(timestamp) && timestamp >= 0) return timestamp
  throw new TypeError(`the timestamp set for the record is no time in ms since the epoch: ${String(timestamp)}`)
}

function headersOf(node: NodeOf<'to'>, record: FlowRecord): readonly RecordHeader[] {
  if (node.headers === undefined) return record.origin.headers
  const headers = callLambda(node.id, node.headers, record)
  if (typeof headers !== 'object' || headers === null)
    throw new TypeError('the headers set for the record are no object')
  return Object.entries(headers).map(([key, value]) => ({ key, value: headerBytes(key, value) }))
}

function headerBytes(key: string, value: unknown): Uint8Array {
  if (typeof value === 'string') return Buffer.from(value)
  if (value instanceof Uint8Array) return value
  throw new TypeError(`header ${JSON.stringify(key)} is neither a string nor a Uint8Array`)
}
