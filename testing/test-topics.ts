/** The typed ends of a test driver. */
import { partitionBytes, partitionFor, type RecordHeader, type Wire } from '../compiler/interpret/index.js'
import type { WireRecord } from '../compiler/interpret/index.js'
import type { TopicSerdes } from '../compiler/interpret/serdes/element-serde.js'
import type { RawRecord, SentHeaders, SentRecord, TestRecord } from './test-record.js'

/** Sends records to a topic that the pipeline reads. */
export interface TestInput<K, V> {
  /**
   * Sends a record; when it returns, everything that it causes has been written.
   * @throws RecordFailedError when the record cannot be processed and its policy is `'fail'`.
   */
  send(record: SentRecord<K, V>): void
  /** Sends records in order. */
  sendAll(records: Iterable<SentRecord<K, V>>): void
  /** Sends bytes as they are, also such as the topic's serdes would refuse. */
  sendRaw(record: RawRecord): void
}

/** Reads what the pipeline wrote to a topic; each record once. */
export interface TestOutput<K, V> {
  /** The next record, undefined when there is none. */
  read(): TestRecord<K, V> | undefined
  readAll(): TestRecord<K, V>[]
  /** Values alone, for tests that care for nothing else. */
  readValues(): V[]
  /** Records not read yet. */
  readonly size: number
}

export interface InputTopic {
  readonly name: string
  readonly partitions: number
  readonly serdes: TopicSerdes
  /** Ms. */
  readonly defaultTimestamp: number
  deliver(record: Omit<WireRecord, 'offset'>): void
}

export function testInput<K, V>(topic: InputTopic): TestInput<K, V> {
  const { name, serdes } = topic
  const deliver = (key: Wire, value: Wire, record: Pick<RawRecord, 'timestamp' | 'headers' | 'partition'>): void => {
    const partition = record.partition ?? (key === null ? 0 : partitionFor(partitionBytes(key), topic.partitions))
    if (!Number.isInteger(partition) || partition < 0 || partition >= topic.partitions) {
      throw new RangeError(`topic ${name} has no partition ${partition}: it has ${topic.partitions}`)
    }
    const timestamp = Number(record.timestamp ?? topic.defaultTimestamp)
    topic.deliver({ topic: name, partition, timestamp, key, value, headers: headersOf(record.headers ?? []) })
  }
  const send = (record: SentRecord<K, V>): void => {
    deliver(serdes.key.encode(record.key ?? null), serdes.value.encode(record.value), record)
  }
  return {
    send,
    sendAll(records) {
      for (const record of records) send(record)
    },
    sendRaw: (record) => {
      deliver(record.key ?? null, record.value, record)
    },
  }
}

function headersOf(headers: SentHeaders): RecordHeader[] {
  const pairs = isPairs(headers) ? headers : Object.entries(headers)
  return pairs.map(([key, value]) => ({ key, value: typeof value === 'string' ? Buffer.from(value) : value }))
}

function isPairs(headers: SentHeaders): headers is Extract<SentHeaders, readonly unknown[]> {
  return Array.isArray(headers)
}

/** `take` gives the oldest unread record. */
export function testOutput<K, V>(
  serdes: TopicSerdes,
  unread: { readonly size: number; take(): WireRecord | undefined },
): TestOutput<K, V> {
  const read = (): TestRecord<K, V> | undefined => {
    const record = unread.take()
    // The topic's declaration says that its serdes give K and V.
    return record === undefined ? undefined : (decoded(serdes, record) as TestRecord<K, V>)
  }
  const readAll = (): TestRecord<K, V>[] => {
    const records: TestRecord<K, V>[] = []
    for (let record = read(); record !== undefined; record = read()) records.push(record)
    return records
  }
  return {
    read,
    readAll,
    readValues: () => readAll().map(({ value }) => value),
    get size() {
      return unread.size
    },
  }
}

function decoded(serdes: TopicSerdes, record: WireRecord): TestRecord<unknown, unknown> {
  const { topic, partition, offset, timestamp } = record
  return {
    key: record.key === null ? null : serdes.key.decode(record.key),
    value: record.value === null ? null : serdes.value.decode(record.value),
    timestamp,
    headers: record.headers.map(({ key, value }) => [key, value === null ? '' : Buffer.from(value).toString()]),
    topic,
    partition,
    offset,
  }
}
