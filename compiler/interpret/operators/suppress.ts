import { Change, changeOf } from '../change.js'
import { attributed } from '../operator-failure.js'
import { noRecord, type FlowRecord, type WireRecord } from '../record.js'
import type { KeyOrder } from '../state/key-order.js'
import { KeyedMap } from '../state/keyed-map.js'
import { StreamTime } from '../state/stream-time.js'
import { closingDelay, isWindowed } from '../window-of.js'
import type { OperatorInterpreter } from './operator.js'

interface Held {
  /** What the place in the queue and the end of waiting follow from. */
  readonly since: number
  readonly record: FlowRecord
}

/** Changes wait in stream time, or by the wall clock; a later one of the key takes the value of the earlier, not its place. */
export const suppress: OperatorInterpreter<'suppress'> = (node, { forward, journal, keyOrder, graph, task }) => {
  const held = new KeyedMap<Held>(journal)
  const emitted = new KeyedMap(journal)
  const time = new StreamTime(journal)
  const final = node.until === 'window-closes'
  const delay = node.until === 'window-closes' ? closingDelay(graph, node.input) : node.until
  /** What leaves comes of the record that makes it due. */
  const emit = ({ record }: Held, origin: WireRecord): void => {
    const { key } = record
    held.delete(key)
    const { now } = changeOf(record)
    if (final && now === null) return
    const before = emitted.get(key) ?? null
    emitted.set(key, now)
    forward({ ...record, origin, value: new Change(now, before) })
  }
  const queue = (partition: number): Held[] =>
    held
      .rows()
      .map(({ value }) => value)
      .filter(({ record }) => record.origin.partition === partition)
      .toSorted((a, b) => a.since - b.since || inOrderOfKeys(keyOrder, a.record.key, b.record.key))
  const byWall = node.clock === 'wall'
  if (byWall) {
    task.onDue(node.id, {
      dueAt: (partition, { wall }) => {
        const at = (queue(partition)[0]?.since ?? Infinity) + delay
        return at > wall ? Infinity : at
      },
      fire: (partition, { wall }, skip) => {
        const [first] = queue(partition)
        if (first === undefined) return
        if (skip) held.delete(first.record.key)
        else emit(first, noRecord(partition, wall))
      },
    })
  }
  return (record) => {
    const { key, timestamp } = record
    const { partition } = record.origin
    const now = byWall ? -Infinity : time.advance(partition, timestamp)
    const first = byWall ? task.wall : final && isWindowed(key) ? key.end : timestamp
    held.set(key, { since: held.get(key)?.since ?? first, record })
    for (const one of queue(partition)) if (one.since <= now - delay) emit(one, record.origin)
    const rest = queue(partition)
    if (node.maxRecords === undefined || rest.length <= node.maxRecords) return
    if (node.onFull === 'emit-early') {
      for (const one of rest.slice(0, rest.length - node.maxRecords)) emit(one, record.origin)
      return
    }
    attributed(node.id, () => {
      throw new RangeError(`more than ${node.maxRecords ?? 0} keys are held back`)
    })
  }
}

function inOrderOfKeys(order: KeyOrder, a: unknown, b: unknown): number {
  return isWindowed(a) && isWindowed(b) ? order(a.key, b.key) || a.start - b.start : order(a, b)
}
