import { joinRetention } from '../../ir/join-retention.js'
import { callFunction } from '../call-lambda.js'
import { recordContext } from '../record-context.js'
import type { FlowRecord } from '../record.js'
import { KeyedMap } from '../state/keyed-map.js'
import { StreamTime } from '../state/stream-time.js'
import type { OperatorInterpreter } from './operator.js'
import { WaitingRecords } from './waiting-records.js'

/** A record that the other side may join, by time and then by arrival. */
interface Partner {
  readonly timestamp: number
  readonly value: unknown
}

/**
 * Two streams, joined by key and time (Kafka Streams' KStreamKStreamJoin). A record without a partner waits until its
 * window is over, if the join keeps such records. Late records join all the same, as far back as rows are kept.
 */
export const streamJoin: OperatorInterpreter<'stream-join'> = (node, { forward, journal, keyOrder }) => {
  const sides = [new KeyedMap<readonly Partner[]>(journal), new KeyedMap<readonly Partner[]>(journal)] as const
  const time = new StreamTime(journal)
  const waiting = new WaitingRecords(node, journal, keyOrder)
  const keptAlone = [node.join !== 'inner', node.join === 'outer'] as const
  /** How far back and ahead of a record its partners may be. */
  const reach = [
    { before: node.before, after: node.after },
    { before: node.after, after: node.before },
  ] as const
  const retention = joinRetention(node)
  return (record, port) => {
    const side = port === 0 ? 0 : 1
    const { key, value, timestamp } = record
    const { partition } = record.origin
    const now = time.advance(partition, timestamp)
    if (value === null || value === undefined) return
    if (key === null || key === undefined) {
      if (keptAlone[side]) emit(record, record, side, undefined)
      return
    }
    sides[side].set(key, inserted(sides[side].get(key) ?? [], { timestamp, value }))
    if (node.join !== 'inner' && timestamp === now) {
      for (const due of waiting.due(partition, now, reach[side].after)) emit(record, due, due.side, undefined)
    }
    const { before, after } = reach[side]
    // Kafka Streams looks for partners from time 0 on only.
    const [from, to] = [Math.max(0, timestamp - before, now - retention), Math.max(0, timestamp + after)]
    const partners = (sides[1 - side]?.get(key) ?? []).filter((one) => from <= one.timestamp && one.timestamp <= to)
    for (const partner of partners) {
      waiting.remove({ partition, timestamp: partner.timestamp, side: side === 0 ? 1 : 0, key })
      emit(record, { key, value, timestamp: Math.max(timestamp, partner.timestamp) }, side, partner.value)
    }
    if (partners.length > 0 || !keptAlone[side]) return
    if (to < now) emit(record, record, side, undefined)
    else waiting.add({ partition, timestamp, side, key, value })
  }

  function emit(
    record: FlowRecord,
    { key, value, timestamp }: Pick<FlowRecord, 'key' | 'value' | 'timestamp'>,
    side: 0 | 1,
    partner: unknown,
  ): void {
    const [left, right] = side === 0 ? [value, partner] : [partner, value]
    const context = recordContext({ ...record, key, timestamp })
    forward({ ...record, key, timestamp, value: callFunction(node.id, node.joiner, left, right, context) })
  }
}

/** Behind those of the same time. */
function inserted(partners: readonly Partner[], partner: Partner): readonly Partner[] {
  return [...partners, partner].toSorted((a, b) => a.timestamp - b.timestamp)
}
