import type { FlowRecord } from '../record.js'
import type { Journal } from '../state/journal.js'
import type { KeyOrder } from '../state/key-order.js'
import { KeyedMap } from '../state/keyed-map.js'
import { StreamTime } from '../state/stream-time.js'
import type { Forward } from './operator.js'

/**
 * Hands records on in order of time, then of the key's bytes, `grace` after their time in stream time. One that comes later
 * than that goes on at once. What leaves comes of the record that makes it due. Null values join nothing.
 */
export function delayed(
  grace: number,
  journal: Journal,
  keyOrder: KeyOrder,
  forward: Forward,
  keyless: (record: FlowRecord) => void,
): Forward {
  const time = new StreamTime(journal)
  /** By partition, in order of arrival. */
  const waiting = new KeyedMap<readonly FlowRecord[]>(journal)
  return (record) => {
    const { key, value, timestamp } = record
    const { partition } = record.origin
    if (value === null || value === undefined) return
    if (key === null || key === undefined) {
      keyless(record)
      return
    }
    if (timestamp + grace < time.at(partition)) {
      forward(record)
      return
    }
    const now = time.advance(partition, timestamp)
    const isDue = (one: FlowRecord): boolean => one.timestamp + grace <= now
    const all = [...(waiting.get(partition) ?? []), record]
    waiting.set(
      partition,
      all.filter((one) => !isDue(one)),
    )
    const due = all.filter(isDue)
    for (const one of due.toSorted((a, b) => a.timestamp - b.timestamp || keyOrder(a.key, b.key))) {
      forward({ ...one, origin: record.origin })
    }
  }
}
