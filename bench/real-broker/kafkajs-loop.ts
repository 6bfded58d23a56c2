import kafkajs from 'kafkajs'
import { compress, decompress } from '../../runtime/kafka/record-batch/index.js'
import { kafkajsPipeline } from '../kafkajs-pipeline.js'
import type { Job } from './job.js'

/** The same native codec that millrace uses. */
const lz4 = () => ({
  compress: (encoder: { readonly buffer: Buffer }) => Promise.resolve(compress('lz4', encoder.buffer)),
  decompress: (bytes: Buffer) => Promise.resolve(decompress('lz4', bytes, 64 * 1024 * 1024)),
})

/**
 * The loop that people write by hand: `eachBatch`, avsc, one `send` a batch; under exactly-once one transaction a batch.
 * Resolves when the group is joined, to what stops it.
 */
export async function startKafkajs(job: Job): Promise<() => Promise<void>> {
  const { brokers, group, guarantee } = job
  if (job.compression === 'lz4') kafkajs.CompressionCodecs[kafkajs.CompressionTypes.LZ4] = lz4
  const compression = job.compression === 'lz4' ? kafkajs.CompressionTypes.LZ4 : kafkajs.CompressionTypes.None
  const exactlyOnce = guarantee === 'exactly_once'
  const kafka = new kafkajs.Kafka({ brokers: brokers.split(','), logLevel: kafkajs.logLevel.NOTHING })
  const consumer = kafka.consumer({ groupId: group, maxWaitTimeInMs: 500 })
  const producer = kafka.producer({
    createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
    ...(exactlyOnce ? { transactionalId: group, idempotent: true, maxInFlightRequests: 1 } : {}),
  })
  await Promise.all([consumer.connect(), producer.connect()])
  consumer.on(consumer.events.CRASH, ({ payload }) => {
    console.error(`the kafkajs consumer crashed: ${payload.error.message}`)
  })
  await consumer.subscribe({ topic: 'orders', fromBeginning: true })
  const handler = kafkajsPipeline(job.webOrderId)
  const send = { topic: 'web-orders', acks: -1, compression }
  await consumer.run({
    autoCommit: !exactlyOnce,
    eachBatchAutoResolve: true,
    eachBatch: async ({ batch }) => {
      const { messages, topic, partition } = batch
      if (!exactlyOnce) {
        await producer.send({ ...send, messages: handler(messages) })
        return
      }
      const transaction = await producer.transaction()
      try {
        await transaction.send({ ...send, messages: handler(messages) })
        const offset = String(BigInt(batch.lastOffset()) + 1n)
        await transaction.sendOffsets({
          consumerGroupId: group,
          topics: [{ topic, partitions: [{ partition, offset }] }],
        })
        await transaction.commit()
      } catch (error) {
        await transaction.abort()
        throw error
      }
    },
  })
  return async () => {
    await consumer.disconnect()
    await producer.disconnect()
  }
}
