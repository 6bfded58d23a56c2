import { generateCustomers } from '../customers.js'
import { writePartition } from '../end-to-end/write-record-set.js'
import { generateBusyOrders } from '../orders.js'
import { KafkaClient } from '../../runtime/kafka/client.js'
import { KafkajsTransport } from '../../runtime/kafka/transport/kafkajs-transport.js'
import {
  BatchCursor,
  buildBatch,
  crc32c,
  partitionForKey,
  recordsOf,
  type RecordInput,
} from '../../runtime/kafka/record-batch/index.js'

const variety = { customers: 100_000, zips: 200 }
/** Half a million orders a minute: five of each customer. */
const perMs = 25 / 3
const ordersPerCopy = 200_000
const copyMs = ordersPerCopy / perMs
const start = Date.UTC(2026, 0, 1)

export interface Filling {
  readonly brokers: string
  readonly partitions: number
  /** The same orders as often, each time later. */
  readonly copies: number
  readonly orderId: number
  readonly customerId: number
}

/** Fills `customers` and `orders`, each record in the partition of its key; returns the number of orders. */
export async function fillTopics({ brokers, partitions, copies, orderId, customerId }: Filling): Promise<number> {
  const client = new KafkaClient(new KafkajsTransport({ brokers: brokers.split(','), clientId: 'bench' }))
  try {
    await client.refresh(['customers', 'orders'])
    const customers = split(generateCustomers(customerId, variety.customers, start), partitions)
    for (const [partition, batches] of customers.entries()) {
      await writePartition(client, 'customers', partition, Buffer.concat(batches))
    }
    const timing = { firstOffset: 0, start, perMs }
    const orders = split(generateBusyOrders(orderId, ordersPerCopy, variety, timing), partitions)
    for (let copy = 0; copy < copies; copy++) {
      for (const [partition, batches] of orders.entries()) {
        await writePartition(client, 'orders', partition, Buffer.concat(batches))
        for (const batch of batches) delay(batch, copyMs)
      }
    }
    return copies * ordersPerCopy
  } finally {
    await client.close()
  }
}

/** Batches of 1000 by the partition of their keys. */
function split(recordSet: Buffer, partitions: number): Buffer[][] {
  const records = Array.from({ length: partitions }, (): RecordInput[] => [])
  for (const batch of new BatchCursor(recordSet)) {
    for (const { key, value, timestamp } of recordsOf(batch)) {
      if (key !== null) records[partitionForKey(key, 0, key.length, partitions)]?.push({ key, value, timestamp })
    }
  }
  return records.map((all) =>
    Array.from({ length: Math.ceil(all.length / 1000) }, (_, i) => buildBatch(all.slice(i * 1000, (i + 1) * 1000))),
  )
}

/** Base and highest timestamp of a batch are in its header, under the checksum. */
function delay(batch: Buffer, ms: number): void {
  for (const position of [27, 35]) {
    batch.writeBigInt64BE(batch.readBigInt64BE(position) + BigInt(ms), position)
  }
  batch.writeUInt32BE(crc32c(batch, 21, batch.length), 17)
}
