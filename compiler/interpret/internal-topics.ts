/**
 * The queues of records on internal topics. First in, first out within a topic; between topics the head with the
 * smallest timestamp goes first, then the one that was written first.
 */
import type { WireRecord } from './record.js'

export class InternalTopics {
  readonly #queues = new Map<string, WireRecord[]>()
  readonly #offsets = new Map<string, bigint>()

  /** Appends a record; it gets the next offset of its partition. */
  append(record: Omit<WireRecord, 'offset'>): void {
    const partition = `${record.topic}/${record.partition}`
    const offset = this.#offsets.get(partition) ?? 0n
    this.#offsets.set(partition, offset + 1n)
    const queue = this.#queues.get(record.topic) ?? []
    // Maps iterate in order of insertion: a topic that became empty queues up again at the end.
    if (queue.length === 0) this.#queues.delete(record.topic)
    queue.push({ ...record, offset })
    this.#queues.set(record.topic, queue)
  }

  /** Takes the record that is due, if any. */
  take(): WireRecord | undefined {
    let due: WireRecord[] | undefined
    for (const queue of this.#queues.values()) {
      const head = queue[0]
      if (head !== undefined && (due?.[0] === undefined || head.timestamp < due[0].timestamp)) due = queue
    }
    return due?.shift()
  }
}
