/** When the keys of a table were changed last: those that were not for too long leave, by time and key. */
import { Change } from '../change.js'
import type { Forward } from '../operators/operator.js'
import type { FlowRecord } from '../record.js'
import type { Journal } from './journal.js'
import { compareKeys } from './key-bytes.js'
import { KeyedMap } from './keyed-map.js'
import { StreamTime } from './stream-time.js'

interface Changed {
  readonly partition: number
  readonly timestamp: number
}

export class Lifetimes {
  readonly #ttl: number | undefined
  readonly #changed: KeyedMap<Changed>
  readonly #time: StreamTime

  /** `ttl`: ms of stream time; undefined: for ever. */
  constructor(ttl: number | undefined, journal: Journal) {
    this.#ttl = ttl
    this.#changed = new KeyedMap(journal)
    this.#time = new StreamTime(journal)
  }

  /** Before a record is looked at: what is over by its time goes. `forget` deletes a row and gives what it was. */
  expire(record: FlowRecord, forget: (key: unknown) => unknown, forward: Forward): void {
    const ttl = this.#ttl
    if (ttl === undefined) return
    const { partition } = record.origin
    const now = this.#time.advance(partition, record.timestamp)
    const due = this.#changed
      .rows()
      .filter(({ value }) => value.partition === partition && value.timestamp + ttl <= now)
      .toSorted((a, b) => a.value.timestamp - b.value.timestamp || compareKeys(a.key, b.key))
    for (const { key, value } of due) {
      this.#changed.delete(key)
      forward({ ...record, key, value: new Change(null, forget(key)), timestamp: value.timestamp + ttl })
    }
  }

  /** The key of a record lives on from its greatest timestamp. */
  touch({ key, timestamp, origin }: FlowRecord): void {
    if (this.#ttl === undefined) return
    const before = this.#changed.get(key)
    if (before !== undefined && before.timestamp >= timestamp) return
    this.#changed.set(key, { partition: origin.partition, timestamp })
  }
}
