import kafkajs from 'kafkajs'
import { createApp } from '../../runtime/index.js'
import { kafkajsPipeline } from '../kafkajs-pipeline.js'
import { median } from '../median.js'
import { generateOrders } from '../orders.js'
import type { Setting } from '../setting.js'
import { writeRecordSet } from './write-record-set.js'

export interface EndToEndResult {
  readonly records: number
  readonly partitions: number
  /** Wall-clock time, from when the group is joined until the last record has reached the output topic. */
  readonly recordsPerSecond: { readonly kafkajs: number; readonly millrace: number }
  readonly rounds: readonly { readonly kafkajs: number; readonly millrace: number }[]
}

const partitions = 4
const recordsPerPartition = 50_000
const records = partitions * recordsPerPartition
const rounds = 3

/**
 * The same pipeline on the embedded broker, sockets and acknowledgements included: the hand-written kafkajs loop and the
 * compiled pipeline take turns. Joining the group is not counted.
 */
export async function endToEnd(setting: Setting): Promise<EndToEndResult> {
  const { broker } = setting
  await broker.createTopic('orders', { partitions })
  const { recordSet, passed } = ordersOf(setting)
  await writeRecordSet(broker.bootstrap, 'orders', partitions, recordSet)

  const results: { kafkajs: number; millrace: number }[] = []
  for (let round = 0; round < rounds; round++) {
    const turn = async (run: (round: number) => Promise<() => Promise<void>>): Promise<number> => {
      await broker.createTopic('web-orders', { partitions })
      const stop = await run(round)
      const seconds = await drain(setting, passed * partitions)
      await stop()
      await broker.deleteTopic('web-orders')
      return Math.round(records / seconds)
    }
    results.push({
      kafkajs: await turn((n) => runKafkajs(setting, n)),
      millrace: await turn((n) => runMillrace(setting, n)),
    })
  }
  return {
    records,
    partitions,
    recordsPerSecond: {
      kafkajs: median(results.map((result) => result.kafkajs)),
      millrace: median(results.map((result) => result.millrace)),
    },
    rounds: results,
  }
}

function ordersOf({ orderId }: Setting): { readonly recordSet: Buffer; readonly passed: number } {
  const { recordSet, passed } = generateOrders(orderId, recordsPerPartition, 1000)
  return { recordSet, passed }
}

/** Seconds from now until the output topic holds everything. */
async function drain({ broker }: Setting, expected: number): Promise<number> {
  const started = performance.now()
  for (;;) {
    const { endOffsets } = await broker.stats()
    const written = (endOffsets['web-orders'] ?? []).reduce((sum, offset) => sum + offset, 0)
    if (written >= expected) return (performance.now() - started) / 1000
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
}

/** Resolves when the group has been joined, as `runMillrace` does; gives what stops it. */
async function runKafkajs({ broker, webOrderId }: Setting, round: number): Promise<() => Promise<void>> {
  const kafka = new kafkajs.Kafka({ brokers: broker.bootstrap.split(','), logLevel: kafkajs.logLevel.NOTHING })
  const consumer = kafka.consumer({ groupId: `kafkajs-${round}` })
  const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner })
  await Promise.all([consumer.connect(), producer.connect()])
  await consumer.subscribe({ topic: 'orders', fromBeginning: true })
  const handler = kafkajsPipeline(webOrderId)
  await consumer.run({
    eachBatch: async ({ batch }) => {
      await producer.send({ topic: 'web-orders', acks: -1, messages: handler(batch.messages) })
    },
  })
  return async () => {
    await consumer.disconnect()
    await producer.disconnect()
  }
}

async function runMillrace({ broker, registryUrl, pipeline }: Setting, round: number): Promise<() => Promise<void>> {
  const app = createApp({
    pipeline,
    applicationId: `millrace-${round}`,
    kafka: { brokers: broker.bootstrap.split(',') },
    registry: { url: registryUrl },
    threads: 1,
    env: {},
  })
  await app.start()
  return () => app.close()
}
