/** Records of a join of streams that have no partner yet, and go on alone when none can come any more. */
import { keyText } from '../state/key-bytes.js'
import type { KeyOrder } from '../state/key-order.js'
import type { Journal } from '../state/journal.js'
import { KeyedMap } from '../state/keyed-map.js'
import type { NodeOf } from './operator.js'

interface WaitingPlace {
  readonly partition: number
  readonly timestamp: number
  /** 0: left. */
  readonly side: 0 | 1
  readonly key: unknown
}

interface WaitingRecord extends WaitingPlace {
  readonly value: unknown
}

export class WaitingRecords {
  readonly #join: NodeOf<'stream-join'>
  readonly #records: KeyedMap<readonly WaitingRecord[]>
  /** Time of the first record that may be due, by partition. */
  readonly #first: KeyedMap<number>

  readonly #keyOrder: KeyOrder

  constructor(join: NodeOf<'stream-join'>, journal: Journal, keyOrder: KeyOrder) {
    this.#join = join
    this.#keyOrder = keyOrder
    this.#records = new KeyedMap(journal)
    this.#first = new KeyedMap(journal)
  }

  add(record: WaitingRecord): void {
    const { partition, timestamp } = record
    this.#records.set(idOf(record), [...(this.#records.get(idOf(record)) ?? []), record])
    this.#first.set(partition, Math.min(timestamp, this.#first.get(partition) ?? timestamp))
  }

  /** All of one key, side and time: one of them had a partner, and so had the others. */
  remove(place: WaitingPlace): void {
    this.#records.delete(idOf(place))
  }

  /**
   * Takes the records that no partner can come for any more, in order. `after`: how far ahead the partners of the record
   * that has come may be, by which Kafka Streams decides whether to look at all; and it looks again only when the last
   * record that it has looked at may be due.
   */
  *due(partition: number, now: number, after: number): Generator<WaitingRecord> {
    const first = this.#first.get(partition)
    if (first === undefined || first + after + this.#join.grace >= now) return
    this.#first.delete(partition)
    const open = [false, false]
    for (const records of this.#inOrder(partition)) {
      const [one] = records
      if (one === undefined) continue
      this.#first.set(partition, one.timestamp)
      if (open[0] === true && open[1] === true) return
      const ahead = one.side === 0 ? this.#join.after : this.#join.before
      if (one.timestamp + ahead + this.#join.grace >= now) {
        open[one.side] = true
        continue
      }
      this.#records.delete(idOf(one))
      yield* records
    }
  }

  /** By time, the right side first, then by key. */
  #inOrder(partition: number): readonly (readonly WaitingRecord[])[] {
    return this.#records
      .rows()
      .map(({ value }) => value)
      .filter((records) => records[0]?.partition === partition)
      .toSorted(([a], [b]) =>
        a === undefined || b === undefined
          ? 0
          : a.timestamp - b.timestamp || b.side - a.side || this.#keyOrder(a.key, b.key),
      )
  }
}

function idOf({ partition, timestamp, side, key }: WaitingPlace): string {
  return `${partition}/${timestamp}/${side}/${keyText(key)}`
}
