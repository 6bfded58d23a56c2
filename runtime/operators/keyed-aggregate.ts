/** An aggregate of all records of a key (Kafka Streams' KStreamAggregate, KStreamReduce). */
import { AggregateRow } from './aggregate-row.js'
import { SeekKey } from './seek-key.js'

export class KeyedAggregate extends AggregateRow {
  readonly #key = new SeekKey()

  /** Goes to the row of a key. */
  seek(buffer: Uint8Array, start: number, end: number): void {
    const key = this.#key
    key.set(buffer, start, end)
    this.slot = this.table.find(key.bytes, 0, key.length)
  }

  protected insert(timestamp: number): number {
    return this.table.insert(this.#key.bytes, 0, this.#key.length, timestamp)
  }
}
