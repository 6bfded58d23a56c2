/**
 * What people write by hand, as the process under test of the baseline: kafkajs' `eachBatch`, each record written on as
 * it is, offsets committed behind it or in the same transaction. It ends when the consumer gives up; who runs it starts
 * it again.
 */
import { Kafka, logLevel, Partitioners, type EachBatchPayload } from 'kafkajs'
import type { BaselineOptions } from './baseline-options.js'

const options = JSON.parse(process.env['APP_OPTIONS'] ?? '') as BaselineOptions
const { input, output, groupId } = options

const kafka = new Kafka({
  clientId: 'by-hand',
  brokers: options.brokers.split(','),
  logLevel: logLevel.ERROR,
  requestTimeout: options.requestTimeout,
})
const consumer = kafka.consumer({
  groupId,
  sessionTimeout: options.sessionTimeout,
  heartbeatInterval: options.heartbeatInterval,
})
const isTransactional = options.guarantee === 'exactly_once'
const producer = kafka.producer({
  createPartitioner: Partitioners.DefaultPartitioner,
  ...(isTransactional
    ? {
        transactionalId: options.transactionalId,
        transactionTimeout: options.transactionTimeout,
        maxInFlightRequests: 1,
        idempotent: true,
      }
    : {}),
})

const messagesOf = ({ batch }: EachBatchPayload) => batch.messages.map(({ key, value }) => ({ key, value }))

const atLeastOnce = async (payload: EachBatchPayload): Promise<void> => {
  await producer.send({ topic: output, acks: -1, messages: messagesOf(payload) })
}

const inTransactions = async (payload: EachBatchPayload): Promise<void> => {
  const { partition } = payload.batch
  const offset = String(BigInt(payload.batch.lastOffset()) + 1n)
  const transaction = await producer.transaction()
  try {
    await transaction.send({ topic: output, acks: -1, messages: messagesOf(payload) })
    await transaction.sendOffsets({
      consumerGroupId: groupId,
      topics: [{ topic: input, partitions: [{ partition, offset }] }],
    })
    await transaction.commit()
  } catch (error) {
    await transaction.abort()
    throw error
  }
}

consumer.on(consumer.events.GROUP_JOIN, () => {
  process.stderr.write('{"msg":"running"}\n')
})
consumer.on(consumer.events.CRASH, ({ payload }) => {
  process.stderr.write(`crashed: ${String(payload.error)}\n`)
  // Else kafkajs starts it again.
  if (!payload.restart) process.exit(1)
})
const close = async (): Promise<void> => {
  await consumer.disconnect()
  await producer.disconnect()
  process.exit(0)
}
process.on('SIGTERM', () => {
  void close()
})

await producer.connect()
await consumer.connect()
await consumer.subscribe({ topic: input, fromBeginning: true })
await consumer.run({
  autoCommit: !isTransactional,
  eachBatch: isTransactional ? inTransactions : atLeastOnce,
})
