/** Writing to and reading from topics with kafkajs, a client that is not ours. */
import { setTimeout as sleep } from 'node:timers/promises'
import { Kafka, logLevel, type Message, type Admin } from 'kafkajs'
import { KafkaClient } from '../../../runtime/kafka/client.js'
import { api } from '../../../runtime/kafka/protocol/index.js'
import {
  BatchCursor,
  ReadCommittedFilter,
  recordsOf,
  type KafkaRecord,
} from '../../../runtime/kafka/record-batch/index.js'
import { KafkajsTransport } from '../../../runtime/kafka/transport/kafkajs-transport.js'

export const kafkaOf = (bootstrap: string): Kafka =>
  new Kafka({ brokers: bootstrap.split(','), clientId: 'test', logLevel: logLevel.NOTHING })

export const withAdmin = async <T>(bootstrap: string, use: (admin: Admin) => Promise<T>): Promise<T> => {
  const admin = kafkaOf(bootstrap).admin()
  await admin.connect()
  try {
    return await use(admin)
  } finally {
    await admin.disconnect()
  }
}

export const produceTo = async (bootstrap: string, topic: string, messages: readonly Message[]): Promise<void> => {
  const producer = kafkaOf(bootstrap).producer({ allowAutoTopicCreation: false })
  await producer.connect()
  try {
    for (let start = 0; start < messages.length; start += 5000) {
      await producer.send({ topic, messages: messages.slice(start, start + 5000) })
    }
  } finally {
    await producer.disconnect()
  }
}

export interface ReadRecord extends KafkaRecord {
  readonly partition: number
}

/** All records of a topic at present, through plain Fetch requests. */
export const readAll = async (bootstrap: string, topic: string): Promise<readonly ReadRecord[]> => {
  const client = new KafkaClient(new KafkajsTransport({ brokers: bootstrap.split(','), clientId: 'reader' }))
  try {
    await client.refresh([topic])
    const records: ReadRecord[] = []
    for (const { partition, leader } of client.topic(topic)?.partitions ?? []) {
      for (let offset = 0, end = 1; offset < end;) {
        const response = await client.request(leader, 'fetch', api.Fetch, {
          maxWaitMs: 0,
          minBytes: 0,
          isolationLevel: 1,
          topics: [{ topic, partitions: [{ partition, fetchOffset: BigInt(offset), partitionMaxBytes: 50_000_000 }] }],
        })
        const data = response.responses[0]?.partitions[0]
        if (data === undefined) break
        end = Number(data.lastStableOffset)
        const filter = new ReadCommittedFilter(data.abortedTransactions)
        for (const batch of new BatchCursor(data.records ?? Buffer.alloc(0))) {
          if (filter.isVisible(batch)) for (const record of recordsOf(batch)) records.push({ ...record, partition })
          offset = batch.header.nextOffset
        }
      }
    }
    return records
  } finally {
    await client.close()
  }
}

/** Asks until the answer is good; fails after `timeoutMs` with what `describe` says. */
export const eventually = async <T>(
  ask: () => Promise<T> | T,
  good: (answer: T) => boolean,
  timeoutMs = 15_000,
): Promise<T> => {
  const started = performance.now()
  for (;;) {
    const answer = await ask()
    if (good(answer)) return answer
    if (performance.now() - started > timeoutMs) {
      throw new Error(
        `not within ${timeoutMs} ms; last: ${(JSON.stringify(answer) as string | undefined)?.slice(0, 500)}`,
      )
    }
    await sleep(20)
  }
}

const nothing = (): void => undefined

export const silent = { debug: nothing, info: nothing, warn: nothing, error: nothing }
