import { callLambda } from '../call-lambda.js'
import { attributed } from '../operator-failure.js'
import { canonicalJson } from '../serdes/json.js'
import { keyText } from '../state/key-bytes.js'
import { KeyedMap } from '../state/keyed-map.js'
import { StreamTime } from '../state/stream-time.js'
import type { OperatorInterpreter } from './operator.js'

/** The first of equal records within a time goes on. */
export const dedupe: OperatorInterpreter<'dedupe'> = (node, { forward, journal }) => {
  const { within, by } = node
  /** Times of those that went on, by key and what makes them equal. */
  const seen = new KeyedMap<readonly number[]>(journal)
  const time = new StreamTime(journal)
  return (record) => {
    const { key, timestamp } = record
    const { partition } = record.origin
    if (key === null || key === undefined) {
      forward(record)
      return
    }
    const equal = by === undefined ? '' : attributed(node.id, () => canonicalJson(callLambda(node.id, by, record)))
    const now = time.advance(partition, timestamp)
    const id = `${keyText(key)} ${equal}`
    // What is older than that cannot be told apart: whatever was seen around it is forgotten.
    const kept = (seen.get(id) ?? []).filter((at) => at > now - 2 * within)
    if (kept.some((at) => Math.abs(at - timestamp) < within)) return
    seen.set(id, [...kept, timestamp])
    forward(record)
  }
}
