/**
 * What retention and compaction leave, told as lines of text: each scenario is played to the embedded broker (its clock
 * moved) and to Apache Kafka (waited for), which must leave the same.
 */
import { Kafka, logLevel } from 'kafkajs'
import { KafkaClient } from '../../../../runtime/kafka/client.js'
import { EARLIEST, createTopics, listOffsets } from '../../../../runtime/kafka/admin.js'
import { api } from '../../../../runtime/kafka/protocol/index.js'
import { BatchCursor, RecordReader, buildBatch } from '../../../../runtime/kafka/record-batch/index.js'
import { KafkajsTransport } from '../../../../runtime/kafka/transport/kafkajs-transport.js'

const OPTIONS = { timeoutMs: 20_000 }
/** The next batch begins a new segment when it is later than this. */
const SEGMENT_MS = 1000
const MAX_TICKS = 300

export interface CleanedBroker {
  readonly brokers: string
  /** Time for retention and compaction. */
  readonly tick: () => Promise<void>
}

type Entry = readonly [key: string, value: string | null]

class Log {
  readonly #client: KafkaClient
  readonly #broker: CleanedBroker
  readonly topic: string

  private constructor(client: KafkaClient, broker: CleanedBroker, topic: string) {
    this.#client = client
    this.#broker = broker
    this.topic = topic
  }

  static async with(
    broker: CleanedBroker,
    topic: string,
    config: Readonly<Record<string, string>>,
    use: (log: Log) => Promise<void>,
  ): Promise<void> {
    const client = new KafkaClient(new KafkajsTransport({ brokers: broker.brokers.split(','), clientId: 'cleaning' }))
    try {
      await client.refresh([])
      const all = { 'segment.ms': String(SEGMENT_MS), 'min.cleanable.dirty.ratio': '0.0', ...config }
      await createTopics(client, [{ topic, partitions: 1, replicationFactor: 1, config: all }], OPTIONS)
      await use(new Log(client, broker, topic))
    } finally {
      await client.close()
    }
  }

  async append(timestamp: number, ...entries: readonly Entry[]): Promise<void> {
    const records = buildBatch(
      entries.map(([key, value]) => ({
        timestamp,
        key: Buffer.from(key),
        value: value === null ? null : Buffer.from(value),
      })),
    )
    const response = await this.#client.request(this.#leader, 'produce', api.Produce, {
      acks: -1,
      timeoutMs: 10_000,
      topicData: [{ name: this.topic, partitionData: [{ index: 0, records }] }],
    })
    const code = response.responses[0]?.partitionResponses[0]?.errorCode
    if (code !== 0) throw new Error(`error code ${code ?? -1}`)
  }

  async inTransaction(commits: boolean, timestamp: number, ...entries: readonly Entry[]): Promise<void> {
    const kafka = new Kafka({ brokers: this.#broker.brokers.split(','), logLevel: logLevel.NOTHING })
    const transactionalId = `${this.topic}-${commits ? 'commits' : 'aborts'}`
    const producer = kafka.producer({ transactionalId, maxInFlightRequests: 1, idempotent: true })
    await producer.connect()
    try {
      const transaction = await producer.transaction()
      const messages = entries.map(([key, value]) => ({ key, value, timestamp: String(timestamp) }))
      await transaction.send({ topic: this.topic, messages })
      await (commits ? transaction.commit() : transaction.abort())
    } finally {
      await producer.disconnect()
    }
  }

  get #leader(): number {
    return this.#client.leader(this.topic, 0) ?? 1
  }

  async start(): Promise<number> {
    const offsets = await listOffsets(this.#client, [{ topic: this.topic, partition: 0 }], EARLIEST, OPTIONS)
    return offsets.get(`${this.topic}-0`) ?? -1
  }

  /** Batches with their offsets and records, markers and emptied ones included. */
  async content(): Promise<readonly string[]> {
    const lines: string[] = []
    for (let fetchOffset = await this.start(); ;) {
      const response = await this.#client.request(this.#leader, 'fetch', api.Fetch, {
        maxWaitMs: 0,
        minBytes: 0,
        maxBytes: 1e6,
        topics: [
          {
            topic: this.topic,
            partitions: [{ partition: 0, fetchOffset: BigInt(fetchOffset), partitionMaxBytes: 1e6 }],
          },
        ],
      })
      const records = response.responses[0]?.partitions[0]?.records
      if (records === null || records === undefined || records.length === 0) return lines
      for (const batch of new BatchCursor(records)) {
        const { baseOffset, lastOffset, isControl, nextOffset } = batch.header
        const reader = new RecordReader(batch.records())
        const found: string[] = []
        while (reader.next()) {
          const value = reader.value()
          found.push(
            isControl
              ? 'marker'
              : `${reader.offset}:${String(reader.key())}=${value === null ? 'null' : String(value)}`,
          )
        }
        lines.push(`${baseOffset}-${lastOffset} ${found.join(' ')}`.trimEnd())
        fetchOffset = nextOffset
      }
    }
  }

  /** Until the log is as it must become; what it was last, when it does not. */
  async until(expected: readonly string[]): Promise<readonly string[]> {
    let content = await this.content()
    for (let tick = 0; tick < MAX_TICKS && content.join('\n') !== expected.join('\n'); tick++) {
      await this.#broker.tick()
      content = await this.content()
    }
    return content
  }
}

/** `expect` waits until the log is what it must become. */
type Play = (log: Log, expect: (...content: readonly string[]) => Promise<void>, now: number) => Promise<void>

export interface Scenario {
  readonly name: string
  readonly config: Readonly<Record<string, string>>
  readonly play: Play
}

/** Long after: begins a new segment, so that the one before is compacted. */
const later = (now: number, times: number): number => now + times * 5 * SEGMENT_MS

const scenarios: readonly Scenario[] = [
  {
    name: 'the last record of each key stays',
    config: { 'cleanup.policy': 'compact' },
    play: async (log, expect, now) => {
      await log.append(now, ['a', '1'], ['b', '1'], ['c', '1'])
      await log.append(now, ['a', '2'], ['b', '2'])
      await log.append(now, ['a', '3'])
      await log.append(later(now, 1), ['c', '2'])
      await expect('0-2 2:c=1', '3-4 4:b=2', '5-5 5:a=3', '6-6 6:c=2')
      await log.append(later(now, 2), ['d', '1'])
      await expect('3-4 4:b=2', '5-5 5:a=3', '6-6 6:c=2', '7-7 7:d=1')
    },
  },
  {
    name: 'tombstones stay for delete.retention.ms, and go when the log is compacted again',
    config: { 'cleanup.policy': 'compact', 'delete.retention.ms': '0' },
    play: async (log, expect, now) => {
      await log.append(now, ['a', '1'], ['b', '1'])
      await log.append(now, ['a', null])
      await log.append(later(now, 1), ['c', '1'])
      await expect('0-1 1:b=1', '2-2 2:a=null', '3-3 3:c=1')
      await log.append(later(now, 2), ['d', '1'])
      await expect('0-1 1:b=1', '3-3 3:c=1', '4-4 4:d=1')
    },
  },
  {
    name: 'tombstones stay as long as they must',
    config: { 'cleanup.policy': 'compact', 'delete.retention.ms': '86400000' },
    play: async (log, expect, now) => {
      await log.append(now, ['a', '1'], ['a', null])
      await log.append(later(now, 1), ['c', '1'])
      await expect('0-1 1:a=null', '2-2 2:c=1')
      await log.append(later(now, 2), ['c', '2'])
      await log.append(later(now, 3), ['d', '1'])
      await expect('0-1 1:a=null', '3-3 3:c=2', '4-4 4:d=1')
    },
  },
  {
    name: 'records of aborted transactions go, their producer is remembered, markers go last',
    config: { 'cleanup.policy': 'compact', 'delete.retention.ms': '0' },
    play: async (log, expect, now) => {
      await log.inTransaction(true, now, ['a', '1'], ['b', '1'])
      await log.inTransaction(false, now, ['a', 'never'], ['x', 'never'])
      // Markers have the broker's time.
      await log.append(later(now, 20), ['c', '1'])
      await expect('0-1 0:a=1 1:b=1', '2-2 marker', '3-4', '5-5 marker', '6-6 6:c=1')
    },
  },
  {
    name: 'a marker goes when nothing of its transaction is left',
    config: { 'cleanup.policy': 'compact', 'delete.retention.ms': '0' },
    play: async (log, expect, now) => {
      await log.inTransaction(true, now, ['a', '1'])
      await log.inTransaction(true, now, ['a', '2'])
      await log.append(later(now, 20), ['c', '1'])
      await log.append(later(now, 20), ['c', '2'])
      await expect('1-1 marker', '2-2 2:a=2', '3-3 marker', '4-4 4:c=1', '5-5 5:c=2')
      await log.append(later(now, 40), ['d', '1'])
      await log.append(later(now, 40), ['d', '2'])
      await expect('1-1 marker', '2-2 2:a=2', '3-3 marker', '5-5 5:c=2', '6-6 6:d=1', '7-7 7:d=2')
      await log.append(later(now, 60), ['e', '1'])
      await expect('2-2 2:a=2', '3-3 marker', '5-5 5:c=2', '7-7 7:d=2', '8-8 8:e=1')
    },
  },
  {
    name: 'old segments go, the start of the log moves',
    config: { 'cleanup.policy': 'delete', 'retention.ms': '600000' },
    play: async (log, expect, now) => {
      await log.append(now - 3_600_000, ['a', '1'], ['b', '1'])
      await log.append(now, ['a', '2'])
      await expect('2-2 2:a=2')
    },
  },
  {
    name: 'nothing stays of a log that is old as a whole',
    config: { 'cleanup.policy': 'delete', 'retention.ms': '600000' },
    play: async (log, expect, now) => {
      await log.append(now - 3_600_000, ['a', '1'], ['b', '1'])
      await expect()
      await log.append(now, ['a', '2'])
      await expect('2-2 2:a=2')
    },
  },
  {
    name: 'segments beyond the size go',
    config: { 'cleanup.policy': 'delete', 'retention.ms': '-1', 'retention.bytes': '100' },
    play: async (log, expect, now) => {
      await log.append(now, ['a', 'x'.repeat(100)])
      await log.append(later(now, 1), ['b', 'x'.repeat(100)])
      await log.append(later(now, 2), ['c', 'small'])
      await expect(`1-1 1:b=${'x'.repeat(100)}`, '2-2 2:c=small')
    },
  },
]

export const SCENARIOS: readonly Scenario[] = [...scenarios]

/** Plays it on a topic of its own. */
export const play = (
  scenario: Scenario,
  broker: CleanedBroker,
  topic: string,
  compare: (found: readonly string[], expected: readonly string[]) => void,
): Promise<void> =>
  Log.with(broker, topic, scenario.config, (log) =>
    scenario.play(
      log,
      async (...expected) => {
        compare(await log.until(expected), expected)
      },
      Date.now() - 60_000,
    ),
  )
